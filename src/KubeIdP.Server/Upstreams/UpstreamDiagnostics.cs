using KubeIdP.Connectors;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// The checks of <c>check --connect</c> for the configured upstreams. The subject of each finding is the setting that it is
/// about.
/// </summary>
internal static class UpstreamDiagnostics
{
    /// <param name="upstreams">By name; their options are valid.</param>
    /// <param name="username">
    /// Whose account to read in each upstream; a name with a domain of one of them is read only there. Null: any account.
    /// </param>
    /// <param name="clock">For the timeouts.</param>
    /// <param name="ct">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        IReadOnlyDictionary<string, UpstreamOptions> upstreams, string? username, TimeProvider clock, CancellationToken ct)
    {
        if (upstreams.Count == 0)
        {
            return username is null
                ? [Finding.Right("upstreams", "none is configured")]
                : [Finding.Wrong(
                    "upstreams", $"none is configured, so {username} can't be looked up",
                    "Omit --user, or use --config to name the configuration that has the upstream.")];
        }

        // In parallel, so that one that hangs does not delay the others.
        var meant = upstreams.Where(upstream => username is not null && TypedAccount.Mentions(username, upstream.Value.Domains)).ToList();
        if (meant is []) meant = [.. upstreams];
        var findings = await Task.WhenAll(meant.Select(async upstream =>
        {
            var prefixes = UpstreamRules.PrefixesBeside(upstream.Key, upstreams);
            var found = await UpstreamKinds.DiagnoseAsync(new ConnectorId(upstream.Key), upstream.Value, prefixes, username, clock, ct);
            var key = UpstreamRules.KeyOf(upstream.Key);
            return found.Select(finding => new Finding($"{key}.{finding.Key}", finding.Ok, finding.What, finding.Fix));
        }));
        return [.. findings.SelectMany(found => found)];
    }
}
