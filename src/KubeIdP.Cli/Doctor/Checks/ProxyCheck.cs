using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>Which proxy variables there are, whether they apply, and whether that proxy answers.</summary>
internal static class ProxyCheck
{
    public static Finding Decide(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        var observations = new List<Observation>();
        foreach (var target in (TargetFacts?[])[evidence.Issuer, evidence.ApiServer])
            if (target?.Proxy is { } route) observations.Add(Judge(target, route));

        var set = evidence.Proxies.Variables;
        if (observations.Count == 0)
        {
            observations.Add(Observation.Ok(set.Count == 0
                ? "No proxy variable is set."
                : $"{Sentence.List([.. set.Select(one => $"{one.Name}={one.Value}")])}: no proxy is on the way to the issuer or the "
                    + "API server."));
        }

        foreach (var name in evidence.Proxies.IgnoredByKubectl)
        {
            observations.Add(Observation.Warning(
                $"kubeidp follows {name} on the way to the issuer; kubectl and kubelogin do not know this variable.",
                $"Set HTTPS_PROXY instead of {name}, or exclude the issuer with NO_PROXY."));
        }

        return Finding.Of(CheckNumber.Proxy, "proxy", observations);
    }

    private static Observation Judge(TargetFacts target, ProxyRoute route) => route.Fault is { } fault
        ? Observation.Wrong(
            $"The way to {target.Name} leads through the proxy {route.Proxy.Authority} ({route.Source}), which takes no connection: "
            + $"{fault}",
            $"Correct or unset {route.Source}, or exclude the host: NO_PROXY={target.Url.Host}")
        : Observation.Ok($"The way to {target.Name} leads through the proxy {route.Proxy.Authority} ({route.Source}), which answers.");
}
