using System.Diagnostics.CodeAnalysis;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;

namespace KubeIdP.Data.Reports;

/// <summary>Which people a report includes. Null: any. Removed people are never included.</summary>
public sealed record PeopleReportFilter
{
    /// <summary>A group as the person's directory names it.</summary>
    public string? Group { get; init; }

    public string? Connector { get; init; }

    /// <summary>
    /// Only people who may sign in but have not done so for this long; for people who never did, the time counts from the creation of the
    /// account.
    /// </summary>
    public TimeSpan? DormantFor { get; init; }

    /// <summary>Only people who may sign in and have no phishing-resistant factor.</summary>
    public bool WithoutPhishingResistantFactor { get; init; }

    /// <summary>The cursor: the last normalized name of the page before.</summary>
    public string? Cursor { get; init; }
}

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

/// <summary>The live sessions of one client.</summary>
/// <param name="LastUsedAt">Its last refresh; null if there is none.</param>
public sealed record ReportedClient(ClientId ClientId, long Sessions, long People, DateTimeOffset? OldestLogin, DateTimeOffset? LastUsedAt);
