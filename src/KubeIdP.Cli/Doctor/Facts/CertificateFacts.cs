namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>The certificate that a server has shown.</summary>
/// <param name="IssuedBy">The name of its authority.</param>
/// <param name="MatchesName">Whether it is for the name of the address.</param>
/// <param name="SystemTrusts">Whether its chain ends at an authority of this machine.</param>
/// <param name="GivenTrusts">Whether it ends at the given one; null if none is given.</param>
internal sealed record CertificateFacts(
    string IssuedBy, DateTimeOffset From, DateTimeOffset To, bool MatchesName, bool SystemTrusts, bool? GivenTrusts)
{
    /// <summary>Whether the program that the rule is of would connect.</summary>
    public bool IsAccepted(TrustRule rule) =>
        rule is TrustRule.Anything || (MatchesName && (rule is TrustRule.GivenOnly && GivenTrusts is { } trusts
            ? trusts
            : SystemTrusts || GivenTrusts is true));
}

/// <summary>What a program trusts.</summary>
internal enum TrustRule
{
    /// <summary>A given authority replaces those of the machine: kubectl, kubelogin.</summary>
    GivenOnly,

    /// <summary>A given authority counts beside those of the machine: kubeidp.</summary>
    GivenOrSystem,

    /// <summary>Certificates are not checked.</summary>
    Anything,
}
