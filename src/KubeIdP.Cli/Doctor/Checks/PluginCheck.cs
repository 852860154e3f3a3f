using KubeIdP.Cli.Doctor.Facts;
using KubeIdP.Cli.Doctor.Kubeconfigs;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>Whether the plugin is there, is new enough, keeps only tokens that count, and is called as the person thinks.</summary>
internal static class PluginCheck
{
    /// <summary>The first with <c>--token-cache-storage</c>.</summary>
    public static readonly Version OldestKubelogin = new(1, 32);

    public static Finding Decide(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        if (evidence.Subject.Plugin is not { } plugin)
            return Finding.Of(CheckNumber.Plugin, "plugin", [Observation.Skipped("Without a kubeconfig no plugin is called.")]);

        List<Observation> observations =
        [
            Program(plugin, evidence.Plugin), .. Refusal(verdicts), .. Disagreements(evidence.Subject), .. Cache(evidence),
            .. Logins(verdicts),
        ];
        return Finding.Of(CheckNumber.Plugin, "plugin", observations);
    }

    /// <summary>Null if it says none.</summary>
    public static Version? VersionOf(string output)
    {
        foreach (var word in output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            if (Version.TryParse(word.TrimStart('v').Split('-', '+')[0], out var version)) return version;
        return null;
    }

    /// <summary>Whether the plugin presents a token of a key that is gone, which every API server refuses.</summary>
    public static bool PresentsStaleToken(Evidence evidence) =>
        evidence is { Token: { File: not null, KeyId: var id } token, Keys: { Fault: null, KeyIds: var published } }
        && !token.IsExpired(evidence.Now) && (id is null || !published.Contains(id, StringComparer.Ordinal));

    private static Observation Program(PluginCall plugin, PluginFacts facts)
    {
        if (facts.MissingProgram is { } missing)
        {
            return Observation.Wrong($"The kubeconfig calls {missing}, which is not on this machine.",
                plugin.Kind is PluginKind.Kubeidp
                    ? "Put kubeidp into a folder of the PATH."
                    : "Install kubelogin so that kubectl-oidc_login is in a folder of the PATH: kubectl krew install oidc-login");
        }

        if (plugin.Kind is PluginKind.Kubeidp) return Observation.Ok($"{plugin.Command} is there.");
        if (facts.VersionOutput is not { } output) return Observation.Skipped("kubelogin did not say its version in time.");
        if (output.Contains("git hash", StringComparison.OrdinalIgnoreCase))
        {
            return Observation.Wrong($"{plugin.Command} is Azure's program of that name, which knows nothing of this issuer.",
                "Call kubelogin by the name kubectl-oidc_login in the kubeconfig, or get the kubeconfig again.");
        }

        return VersionOf(output) switch
        {
            null => Observation.Skipped("kubelogin did not say its version."),
            var version when version < OldestKubelogin => Observation.Wrong(
                $"kubelogin is version {version}; {OldestKubelogin} or later is needed.", "Update it: kubectl krew upgrade oidc-login"),
            var version => Observation.Ok($"kubelogin {version}."),
        };
    }

    /// <summary>The issuer has decided, in its own words.</summary>
    private static Observation[] Refusal(Verdicts verdicts) =>
        verdicts.Evidence.Token.Refusal is not { } sentence || verdicts.IsWrong(CheckNumber.Issuer) ? [] :
        [
            Observation.Wrong($"The issuer gives no token for this cluster: {sentence}",
                "Ask an administrator, with what the issuer says."),
        ];

    private static IEnumerable<Observation> Disagreements(Subject subject) =>
        from one in subject.Disagreements
        select Observation.Wrong(
            $"Two kubeconfigs disagree about the {one.Kind} {one.Name}: {one.FirstFile} has {one.First}, {one.SecondFile} has "
            + $"{one.Second}. kubectl uses the first.",
            $"Remove or rename the {one.Kind} {one.Name} in the file that is wrong, or leave that file out of KUBECONFIG.");

    private static IEnumerable<Observation> Cache(Evidence evidence)
    {
        var token = evidence.Token;
        if (PresentsStaleToken(evidence))
        {
            yield return Observation.Wrong(
                $"{token.File} has a token that is signed with a key which the issuer does not publish any more "
                + $"({token.KeyId ?? "none"}). The plugin presents it until {token.Claims!.ExpiresAt:u}.",
                $"Delete it, and sign in again: rm '{token.File}'");
        }

        if (evidence.Subject.Plugin!.Kind is not PluginKind.Kubelogin) yield break;

        var subject = evidence.Subject;
        foreach (var left in evidence.Plugin.Cached.Where(one => !IsKnown(one, evidence.Plugin.KnownClients)))
        {
            // Files of other clusters at other issuers may belong to a kubeconfig that is not among these.
            var isSameClient = subject.ClientId is { } client && left.Claims.Audiences.Contains(client, StringComparer.Ordinal);
            if (!isSameClient && left.Claims.Issuer != subject.Issuer) continue;

            var what = isSameClient
                ? $"another address of this cluster's issuer: {left.Claims.Issuer}. "
                    + IssuerCheck.Difference(left.Claims.Issuer, subject.Issuer)
                : $"a client that the kubeconfig does not name: {Sentence.List(left.Claims.Audiences)}.";
            yield return Observation.Warning($"{left.File} is left from {what}", $"Delete it: rm '{left.File}'");
        }
    }

    private static bool IsKnown(CachedToken cached, IReadOnlyList<(string Issuer, string ClientId)> known) => known.Any(one =>
        one.Issuer == cached.Claims.Issuer && cached.Claims.Audiences.Contains(one.ClientId, StringComparer.Ordinal));

    private static IEnumerable<Observation> Logins(Verdicts verdicts) =>
        verdicts.Evidence.Subject.Plugin!.Kind is not PluginKind.Kubeidp || verdicts.IsWrong(CheckNumber.Tls) ? [] :
        from folder in verdicts.Evidence.Plugin.OtherLogins
        select Observation.Warning(
            $"There is another login at {verdicts.Evidence.Subject.Issuer}, with another certificate authority than the kubeconfig "
            + $"has: {folder}. The kubeconfig does not use it.",
            "Sign in as the kubeconfig does, by a kubectl command; the command kubeidp logout ends the other login.");
}
