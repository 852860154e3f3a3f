using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace KubeIdP.Ldap;

/// <summary>Validates a server's certificate, and describes to an administrator what is wrong with it.</summary>
internal sealed class ServerCertificate(LdapServer server)
{
    /// <summary>Null until a certificate was refused.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether it was refused for its issuer and nothing else.</summary>
    public bool IsIssuerUnknown { get; private set; }

    public SslClientAuthenticationOptions Options() => new()
    {
        TargetHost = server.Host,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            (Fault = FaultOf(certificate as X509Certificate2, chain, errors)) is null,
        CertificateChainPolicy = Policy(),
    };

    private X509ChainPolicy Policy()
    {
        // The authorities of directories seldom publish revocations, and a check would make each login wait for another server.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1"));
        if (server.Authorities is null) return policy;

        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(server.Authorities);
        return policy;
    }

    private string? FaultOf(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return null;
        if (certificate is null) return "it sent none";

        var faults = new List<string>();
        X509ChainStatus[] found = chain?.ChainStatus ?? [];
        var status = found.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid)) faults.Add(DateFault(chain!));
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) faults.Add(NameFault(certificate));
        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            var trusted = server.Authorities is null ? "this machine trusts" : "the CA file contains";
            faults.Add($"its issuer, {certificate.Issuer}, is not among the authorities that {trusted}");
        }
        else if (status.HasFlag(X509ChainStatusFlags.NotSignatureValid))
        {
            faults.Add($"its issuer, {certificate.Issuer}, has the name of a trusted authority, but another key");
        }

        const X509ChainStatusFlags Issuer =
            X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;
        const X509ChainStatusFlags Said = X509ChainStatusFlags.NotTimeValid | Issuer;
        IsIssuerUnknown = faults.Count == 1 && (status & Issuer) != 0;
        faults.AddRange(found.Where(one => (one.Status & Said) == 0).Select(one => $"{one.Status}: {one.StatusInformation.Trim()}"));
        return string.Join("; ", faults.DefaultIfEmpty(errors.ToString()));
    }

    private static string DateFault(X509Chain chain)
    {
        var stale = chain.ChainElements
            .First(element => element.ChainElementStatus.Any(one => one.Status.HasFlag(X509ChainStatusFlags.NotTimeValid))).Certificate;
        return $"{stale.Subject} is valid from {Timestamp(stale.NotBefore)} until {Timestamp(stale.NotAfter)}: it has expired, or is not "
            + $"valid yet";
    }

    private string NameFault(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        List<string> hosts = [.. names.SelectMany(san => san.EnumerateDnsNames())];
        List<string> addresses = [.. names.SelectMany(san => san.EnumerateIPAddresses().Select((IPAddress address) => address.ToString()))];

        // The two are different kinds of names, which look alike when they are written down (RFC 9525 §6.4).
        if (IPAddress.TryParse(server.Host, out var own)
            && hosts.Any(host => IPAddress.TryParse(host, out var written) && written.Equals(own)))
            return $"it has {server.Host} as a DNS name, but an IP address must be in an entry of the type IP: "
                + $"issue the certificate with subjectAltName=IP:{server.Host}";

        var all = hosts.Concat(addresses).ToList();
        return $"it is for {(all.Count > 0 ? string.Join(", ", all) : certificate.Subject)}, not for {server.Host}";
    }

    private static string Timestamp(DateTime time) => time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
}
