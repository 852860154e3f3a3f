using System.ComponentModel;
using KubeIdP.Core.People;

namespace KubeIdP.Cli.Api;

/// <summary>The filter for people; missing members match everything.</summary>
internal sealed record PeopleQuery
{
    [Description("Part of a user name, a display name or an email address.")]
    public string? Search { get; init; }

    [Description("The person with this user name, as Kubernetes sees it; also a removed person while the user name is reserved.")]
    public string? Username { get; init; }

    [Description("The status. Default: all but removed people.")]
    [NamesOf(typeof(PersonStatus))]
    public string? Status { get; init; }

    [Description("Members of this group, by its name in the directory.")]
    public string? Group { get; init; }

    [Description("The upstream of the accounts; local is this server.")]
    public string? Upstream { get; init; }

    [Description("The value of next from the previous page.")]
    public string? Cursor { get; init; }
}
