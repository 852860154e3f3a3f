using System.Diagnostics.CodeAnalysis;
using KubeIdP.Data.People;

namespace KubeIdP.Data.Reports;

/// <summary>A person with their groups and factors, and when and how they last signed in.</summary>
public sealed record ReportedPerson : ListedPerson
{
    [SetsRequiredMembers]
    internal ReportedPerson(ListedPerson listed)
        : base(listed)
    {
    }

    /// <summary>How many they have, of all kinds.</summary>
    public int Factors { get; init; }

    public int RecoveryCodes { get; init; }

    public bool HasPhishingResistantFactor { get; init; }

    public DateTimeOffset? LastLoginAt { get; init; }

    public string? LastLoginAmr { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
