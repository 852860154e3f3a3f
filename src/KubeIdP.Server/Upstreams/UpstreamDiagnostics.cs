using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Diagnostics;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Upstreams;

/// <summary>What <c>check --connect</c> finds out about the directories of the configuration. The subject of each finding is the setting that it is about.</summary>
internal static class UpstreamDiagnostics
{
    /// <param name="directories">By name, without fault.</param>
    /// <param name="username">Whom to read in each; with a domain of one of them, in that one alone. Null: anybody.</param>
    /// <param name="clock">For the time limits.</param>
    /// <param name="ct">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        IReadOnlyDictionary<string, LdapOptions> directories, string? username, TimeProvider clock, CancellationToken ct)
    {
        if (directories.Count == 0)
        {
            return username is null
                ? [Finding.Right("directories", "none is configured")]
                : [Finding.Wrong("directories", $"none is configured, so {username} could be looked for nowhere", "Leave out --user, or name the configuration that has the directory with --config.")];
        }


        // Side by side: one that hangs makes nobody wait for the others.
        var meant = directories.Where(directory => username is not null && TypedAccount.Mentions(username, directory.Value.Domains)).ToList();
        if (meant is []) meant = [.. directories];
        var findings = await Task.WhenAll(meant.Select(async directory =>
            (await LdapDiagnostics.RunAsync(new ConnectorId(directory.Key), directory.Value, UpstreamRules.PrefixesBeside(directory.Key, directories), username, clock, ct)).Select(finding => new Finding($"directories.{directory.Key}.{finding.Key}", finding.Ok, finding.What, finding.Fix))));
        return [.. findings.SelectMany(found => found)];
    }
}
