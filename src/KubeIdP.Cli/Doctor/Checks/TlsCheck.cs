using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>Whether issuer and API server take connections, and show certificates that the programs trust.</summary>
internal static class TlsCheck
{
    public static Finding Decide(Verdicts verdicts)
    {
        var evidence = verdicts.Evidence;
        return Finding.Of(CheckNumber.Tls, "tls",
            [Judge(verdicts, evidence.Issuer), .. evidence.ApiServer is { } server ? [Judge(verdicts, server)] : (Observation[])[]]);
    }

    private static Observation Judge(Verdicts verdicts, TargetFacts target)
    {
        var now = verdicts.Evidence.Now;
        if (target.Proxy?.Fault is not null && verdicts.SkippedFor(CheckNumber.Proxy) is { } behindProxy) return behindProxy;
        if (target.Host.Fault is not null && verdicts.SkippedFor(CheckNumber.Dns) is { } withoutName) return withoutName;
        if (target.AuthorityFault is { } unreadable)
        {
            return Observation.Wrong($"The certificate authority of {target.Name} ({target.AuthorityPlace}) can't be read: {unreadable}",
                "Get the kubeconfig again.");
        }

        if (target.Url.Scheme == Uri.UriSchemeHttp)
        {
            return Observation.Wrong($"The address of {target.Name}, {target.Url}, is without TLS: anybody on the way could read a token.",
                "Write https in the kubeconfig, or get it again.");
        }

        return target.Certificate switch
        {
            { } shown when target.Rule is not TrustRule.Anything && !shown.IsAccepted(target.Rule) => Refused(target, shown, now),
            { } when target.Fault is { } fault => Unanswered(target, fault),
            null => Unanswered(target, target.Fault ?? "there was no TLS handshake."),
            { } when target.Rule is TrustRule.Anything => Observation.Warning(
                $"The certificate of {target.Name} is not checked (insecure-skip-tls-verify): anybody on the way can read the token.",
                $"Remove insecure-skip-tls-verify, and name the certificate authority in {target.AuthorityPlace}."),
            { } shown => Observation.Ok(
                $"{target.Authority}: trusted by {TrustedBy(target.Rule, shown)}, valid until {shown.To:yyyy-MM-dd}."),
        };
    }

    private static string TrustedBy(TrustRule rule, CertificateFacts shown) => shown.GivenTrusts switch
    {
        null => "this machine",
        true when shown.SystemTrusts => "the given certificate authority and this machine",
        true => "the given certificate authority",
        _ => rule is TrustRule.GivenOrSystem ? "this machine, not by the given certificate authority" : "nobody",
    };

    private static Observation Unanswered(TargetFacts target, string fault) => Observation.Wrong(
        $"{Sentence.Start(target.Name)} does not answer: {fault}",
        $"Check the address {target.Authority}, the network or VPN of this machine, and whether a firewall is in between.");

    private static Observation Refused(TargetFacts target, CertificateFacts shown, DateTimeOffset now)
    {
        if (!shown.MatchesName)
        {
            return Observation.Wrong($"The certificate of {target.Name} is for another name than {target.Url.Host}.",
                "Use the address that the certificate is for; or an administrator adds this name to the certificate.");
        }

        if (now < shown.From || now > shown.To)
        {
            return Observation.Wrong(
                $"The certificate of {target.Name} is valid from {shown.From:u} to {shown.To:u}, and this machine's clock says {now:u}.",
                "Set the clock of this machine if it is wrong; else an administrator must renew the certificate.");
        }

        return shown.GivenTrusts switch
        {
            null => Observation.Wrong(
                $"This machine does not trust the authority of {target.Name}'s certificate ({shown.IssuedBy}), and no other one is named.",
                target.AuthorityPlace == TargetFacts.AuthorityOption
                    ? $"Name a file with it: {TargetFacts.AuthorityOption} FILE"
                    : $"Name it in {target.AuthorityPlace}: get the kubeconfig again."),
            _ when shown.SystemTrusts => Observation.Wrong(
                $"The certificate of {target.Name} is trusted by this machine ({shown.IssuedBy}), but not by the certificate authority in "
                + $"{target.AuthorityPlace}, which replaces those of the machine.",
                $"Remove the certificate authority from {target.AuthorityPlace}, or get the kubeconfig again."),
            _ => Observation.Wrong(
                $"The certificate of {target.Name} is from {shown.IssuedBy}, which neither the certificate authority in "
                + $"{target.AuthorityPlace} nor this machine trusts.",
                $"Get the kubeconfig again, so that {target.AuthorityPlace} has the authority of {target.Authority}. If it is new, "
                + "somebody may be in between: ask an administrator first."),
        };
    }
}
