using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Diagnostics;

/// <summary>The result of a login preview.</summary>
internal abstract record LoginPreviewResult
{
    private LoginPreviewResult()
    {
    }

    /// <summary>Remarks for an administrator of the upstream, one sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <param name="Subject">Null until the first login.</param>
    /// <param name="RefusalReason">Why this server would refuse the person although the upstream accepts them; null: it would not.</param>
    public sealed record Seen(ConnectorId Upstream, UpstreamIdentity Identity, string? Subject, string? RefusalReason) : LoginPreviewResult;

    /// <param name="Why">A text for administrators.</param>
    public sealed record NotSeen(ConnectorId Upstream, string Why) : LoginPreviewResult;
}
