using KubeIdP.Core.Upstreams;

namespace KubeIdP.Data.Reports;

/// <summary>Which people a report includes. Null: any. Removed people are never included.</summary>
public sealed record PeopleReportFilter
{
    /// <summary>A group as the person's directory names it.</summary>
    public string? Group { get; init; }

    public ConnectorId? Connector { get; init; }

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
