using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>Whether the names of issuer and API server are found.</summary>
internal static class DnsCheck
{
    public static Finding Decide(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        return Finding.Of(CheckNumber.Dns, "dns",
            [Judge(evidence.Issuer), .. evidence.ApiServer is { } server ? [Judge(server)] : (Observation[])[]]);
    }

    private static Observation Judge(TargetFacts target) => target switch
    {
        { Proxy: { } route } => Observation.Skipped($"{target.Host.Host} is looked up by the proxy {route.Proxy.Authority}."),
        { Host.Fault: { } fault } => Observation.Wrong(
            $"The name of {target.Name}, {target.Host.Host}, is not found: {fault}",
            $"Check its spelling, and whether this machine is in the right network or VPN: getent hosts {target.Host.Host}"),
        { Host.Addresses: [var only] } when only == target.Host.Host => Observation.Ok($"{only} is an address."),
        _ => Observation.Ok($"{target.Host.Host} is {string.Join(", ", target.Host.Addresses.Take(3))}."),
    };
}
