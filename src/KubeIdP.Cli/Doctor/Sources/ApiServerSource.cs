using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>Asks an API server with the token.</summary>
internal static class ApiServerSource
{
    private const string Review =
        """{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}""";

    /// <summary>Whom it takes the token for.</summary>
    public static async Task<ReviewFacts> ReviewAsync(Probe probe, Uri server, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Below(server, "/apis/authentication.k8s.io/v1/selfsubjectreviews"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json");
        request.Content = new StringContent(Review, Encoding.UTF8, "application/json");
        var (answer, fault) = await probe.AskAsync(request, ct);
        return answer is null ? new ReviewFacts(null, fault, null, []) : ReviewFacts.Of(answer);
    }

    /// <summary>What it counts.</summary>
    public static async Task<MetricsFacts> MetricsAsync(Probe probe, Uri server, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Below(server, "/metrics"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var (status, lines) = await probe.ReadLinesAsync(request, MetricsFacts.Prefix, ct);
        return new MetricsFacts(status, [.. lines.Select(MetricSeries.Read).OfType<MetricSeries>()]);
    }

    public static Uri Below(Uri server, string path) => new(server.AbsoluteUri.TrimEnd('/') + path);
}
