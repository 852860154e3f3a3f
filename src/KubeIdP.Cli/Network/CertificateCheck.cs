using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Cli.Network;

/// <summary>Accepts what this machine trusts, and what the given authority has issued. Remembers why it refused.</summary>
internal sealed class CertificateCheck(X509Certificate2Collection? authority, TimeProvider clock)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The last refusal.</summary>
    public TlsFault? Fault { get; private set; }

    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Fault = null;
        if (errors is SslPolicyErrors.None) return true;

        // A certificate for another name, or none at all, is refused whoever issued it.
        if (errors is SslPolicyErrors.RemoteCertificateChainErrors && authority is not null && certificate is X509Certificate2 leaf
            && IsIssuedBy(authority, leaf, chain)) return true;

        Fault = Describe(certificate as X509Certificate2, chain, errors);
        return false;
    }

    /// <summary>Whether it ends at one of these authorities, whatever this machine trusts.</summary>
    internal static bool IsIssuedBy(X509Certificate2Collection authority, X509Certificate2 leaf, X509Chain? chain)
    {
        using var custom = new X509Chain();
        var policy = custom.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authority);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (chain is not null)
        {
            policy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
            foreach (var element in chain.ChainElements) policy.ExtraStore.Add(element.Certificate);
        }

        return custom.Build(leaf);
    }

    private TlsFault Describe(X509Certificate2? leaf, X509Chain? chain, SslPolicyErrors errors)
    {
        var status = chain is null
            ? X509ChainStatusFlags.NoError
            : chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        var (from, to) = leaf is null
            ? (default, default)
            : (new DateTimeOffset(leaf.NotBefore.ToUniversalTime()), new DateTimeOffset(leaf.NotAfter.ToUniversalTime()));
        var now = clock.GetUtcNow();
        return new TlsFault(
            errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? TlsFaultKind.OtherName
                : leaf is not null && (now < from || now > to) ? TlsFaultKind.Expired
                : (status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0 ? TlsFaultKind.UnknownAuthority
                : TlsFaultKind.Other,
            authority is not null, from, to, status is X509ChainStatusFlags.NoError ? errors.ToString() : status.ToString());
    }
}
