using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;

namespace KubeIdP.Data.Reports;

/// <summary>Which people a report is about. Null: whatever it may be. Never the removed.</summary>
public sealed record PeopleReportFilter
{
    /// <summary>A group as the person's directory names it.</summary>
    public string? Group { get; init; }

    public string? Connector { get; init; }

    /// <summary>Only those who could sign in and have not for so long; who never has counts from when the account was made.</summary>
    public TimeSpan? DormantFor { get; init; }

    /// <summary>Only those who could sign in and have no factor that a forged page can't ask for.</summary>
    public bool WithoutPhishingResistantFactor { get; init; }

    /// <summary>The cursor: the last normalized name of the page before.</summary>
    public string? Cursor { get; init; }
}

/// <summary>A person, what they are in, what they sign in with, and when and how they last did.</summary>
public sealed record ReportedPerson(
    string Id, string Username, string? DisplayName, string? Email, string Connector, PersonStatus Status, IReadOnlyList<string> Groups, int Authenticators, int RecoveryCodes,
    bool HasPhishingResistantFactor, DateTimeOffset? LastLoginAt, string? LastLoginAmr, int LiveSessions, DateTimeOffset CreatedAt);

/// <summary>What is open at one client.</summary>
/// <param name="LastUsedAt">Its last refresh; null where nothing is open.</param>
public sealed record ReportedClient(ClientId ClientId, long Sessions, long People, DateTimeOffset? OldestLogin, DateTimeOffset? LastUsedAt);
