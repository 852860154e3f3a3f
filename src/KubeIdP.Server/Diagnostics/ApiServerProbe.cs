using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using KubeIdP.Core.Naming;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Diagnostics;

/// <summary>
/// Asks an API server for <c>/version</c> as kubectl would: with <c>caFile</c> or this machine's trust, to any address, and through the
/// proxy of the environment if there is one. It sends no credential.
/// </summary>
/// <param name="timeout">For one API server, including name resolution and TLS.</param>
/// <param name="clock">Decides whether a certificate has expired.</param>
internal sealed partial class ApiServerProbe(TimeSpan timeout, TimeProvider clock)
{
    private const int MaxAnswer = 64 * 1024;

    /// <param name="cluster">Its server must be set.</param>
    /// <param name="ct">Cancels the request.</param>
    public async Task<ApiServerAnswer> AskAsync(ClusterOptions cluster, CancellationToken ct)
    {
        var server = new Uri(cluster.Server!);
        TlsSeen? seen = null;
        using var handler = OutboundHttp.CreateHandlerForAdministrator(clock);
        handler.SslOptions.CertificateChainPolicy = cluster.CaFile is { } file ? OutboundHttp.TrustOnly(file) : null;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            seen = TlsSeen.Of(certificate, chain, errors);
            return errors is SslPolicyErrors.None;
        };
        using var http = new HttpClient(handler) { Timeout = timeout, MaxResponseContentBufferSize = MaxAnswer };
        try
        {
            using var response = await http.GetAsync(new Uri($"{server.GetLeftPart(UriPartial.Path).TrimEnd('/')}/version"), ct);
            var text = await response.Content.ReadAsStringAsync(ct);
            return Read(response.StatusCode, text, seen);
        }
        catch (HttpRequestException fault)
        {
            // After the certificate was refused, the fault only says that it was.
            return seen is { Errors: not SslPolicyErrors.None } refused
                ? Describe(refused, server, cluster.CaFile)
                : new ApiServerAnswer.Unreachable(fault.GetBaseException() switch
                {
                    AuthenticationException tls => $"TLS fails: {OutsideText.Show(tls.Message)}",
                    var other => OutsideText.Show(other.Message),
                });
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new ApiServerAnswer.Unreachable(
                string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.#} s"));
        }
    }

    private static ApiServerAnswer Read(HttpStatusCode status, string text, TlsSeen? seen) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            new ApiServerAnswer.VersionHidden((int)status, IsStatus(text), seen!.ValidUntil),
        HttpStatusCode.OK when JsonAnswer.MemberOf(text, "gitVersion") is { } version
            && Minor().Match(version) is { Success: true } match =>
            new ApiServerAnswer.Version(version, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), seen!.ValidUntil),
        HttpStatusCode.OK => new ApiServerAnswer.NotAnApiServer("its answer to /version is not that of an API server"),
        _ => new ApiServerAnswer.NotAnApiServer(
            string.Create(CultureInfo.InvariantCulture, $"it answers /version with status {(int)status}")),
    };

    /// <summary>With it every API server answers a request that it refuses (k8s.io/apimachinery, meta/v1.Status).</summary>
    private static bool IsStatus(string text) =>
        JsonAnswer.MemberOf(text, "kind") == "Status" && JsonAnswer.MemberOf(text, "apiVersion") == "v1";

    private ApiServerAnswer.Untrusted Describe(TlsSeen seen, Uri server, string? caFile)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (seen.Errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return new("It presents no certificate.", "Check that server is the address of the API server.");
        if (now > seen.ValidUntil)
            return new($"Its certificate expired at {Timestamp(seen.ValidUntil)}.", "Renew the certificate of the API server.");
        if (now < seen.ValidFrom)
            return new($"Its certificate is not valid before {Timestamp(seen.ValidFrom)}.", "Check the clocks of both machines.");
        if (seen.Errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return new(
                $"Its certificate is for {(seen.Names.Count == 0 ? "no name" : string.Join(", ", seen.Names))}, and not for "
                + $"{server.IdnHost}.",
                "Set server to one of these names, or add the name to the certificate of the API server (kubeadm: apiServer.certSANs).");
        return caFile is null
            ? new($"This machine does not trust its certificate ({seen.Status}).",
                "Set caFile to the certificate authority of the cluster, which is certificate-authority-data in its administrator's "
                + "kubeconfig.")
            : new($"Its certificate is not from the authority in {caFile} ({seen.Status}).",
                "Replace caFile by the certificate authority of this cluster, which is certificate-authority-data in its administrator's "
                + "kubeconfig.");
    }

    private static string Timestamp(DateTime time) => time.ToString("u", CultureInfo.InvariantCulture);

    // It is printed, so it has no character that a terminal would obey.
    [GeneratedRegex(@"\Av1\.([0-9]{1,3})[.+-][A-Za-z0-9.+_~-]{0,100}\z")]
    private static partial Regex Minor();

    /// <summary>What is known of a certificate when TLS has been tried.</summary>
    private sealed record TlsSeen(
        SslPolicyErrors Errors, DateTime ValidFrom, DateTime ValidUntil, IReadOnlyList<string> Names, string Status)
    {
        private const int NamesShown = 10;

        public static TlsSeen Of(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (certificate is null) return new(errors, default, default, [], "no certificate");

            using var copy = new X509Certificate2(certificate);
            var names = copy.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())))
                .Take(NamesShown).Select(name => OutsideText.Show(name)).ToList();
            var status = chain?.ChainStatus.Select(one => one.Status.ToString()).Distinct().ToList() ?? [];
            return new(errors, copy.NotBefore.ToUniversalTime(), copy.NotAfter.ToUniversalTime(), names, string.Join(", ", status));
        }
    }
}
