using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>The thirteen checks, in the order in which one fault explains another.</summary>
internal static class Checklist
{
    private static readonly Func<Verdicts, Finding>[] Checks =
    [
        ProxyCheck.Decide, DnsCheck.Decide, TlsCheck.Decide, IssuerCheck.Decide, ClockCheck.Decide, PluginCheck.Decide, KeyCheck.Decide,
        SystemGroupCheck.Decide, SizeCheck.Decide, AudienceCheck.Decide, IdentityCheck.Decide, ApiServerCheck.Decide,
        RevocationCheck.Decide,
    ];

    /// <summary>By their numbers.</summary>
    public static IReadOnlyList<Finding> Decide(Evidence evidence)
    {
        var verdicts = new Verdicts(evidence);
        foreach (var check in Checks) verdicts.Add(check(verdicts));
        return verdicts.Findings;
    }
}
