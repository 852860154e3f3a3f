using KubeIdP.Core.Sessions;
using System.ComponentModel;

namespace KubeIdP.Cli.Api;

/// <summary>The filter for live sessions; missing members match everything.</summary>
internal sealed record SessionQuery
{
    [Description("Part of a user name, a display name or an email address.")]
    public string? Person { get; init; }

    [Description("Sessions of this subject.")]
    public string? PersonId { get; init; }

    [Description("Sessions of members of this group, by its name in the directory.")]
    public string? Group { get; init; }

    [Description("Sessions with a live grant for this client.")]
    public string? Client { get; init; }

    [Description("Sessions that began from this address or network, such as 10.0.0.0/8.")]
    public string? Address { get; init; }

    [Description("Sessions with this value (RFC 8176) in amr.")]
    public string? Method { get; init; }

    [Description("Sessions that began in this way.")]
    [NamesOf(typeof(SessionKind))]
    public string? Kind { get; init; }

    [Description("Sessions that began at this time or later.")]
    public DateTimeOffset? Since { get; init; }

    [Description("Sessions that began at this time or earlier.")]
    public DateTimeOffset? Until { get; init; }
}
