using System.ComponentModel;

namespace KubeIdP.Cli.Api;

/// <summary>The filter for audit events; missing members match everything.</summary>
internal sealed record AuditQuery
{
    [Description("The type, such as session.ended.")]
    public string? Type { get; init; }

    [Description("The subject of the actor or of the affected person.")]
    public string? PersonId { get; init; }

    [Description("Within this session.")]
    public string? Session { get; init; }

    [Description("About this client.")]
    public string? Client { get; init; }

    [Description("From this address, or from one of this network, such as 10.0.0.0/8.")]
    public string? Address { get; init; }

    [Description("At this time or later.")]
    public DateTimeOffset? Since { get; init; }

    [Description("Before this time.")]
    public DateTimeOffset? Until { get; init; }

    [Description("The value of next from the previous page.")]
    public string? Cursor { get; init; }
}
