using System.ComponentModel;

namespace KubeIdP.Cli.Api;

/// <summary>The filter for people; missing members match everything.</summary>
internal sealed record PeopleReportQuery
{
    [Description("Members of this group, by its name in the directory.")]
    public string? Group { get; init; }

    [Description(
        "Use the group names of this client's tokens, in the filter and in the response. A page may then have fewer items or none, "
        + "although more pages follow.")]
    public string? Client { get; init; }

    [Description("The upstream of the accounts; local is this server.")]
    public string? Upstream { get; init; }

    [Description("People who can sign in but have not done so for this many days.")]
    public int? Dormant { get; init; }

    [Description("People who can sign in and have no phishing-resistant factor.")]
    public bool? NoPhishingResistantFactor { get; init; }

    [Description("The value of next from the previous page.")]
    public string? Cursor { get; init; }
}
