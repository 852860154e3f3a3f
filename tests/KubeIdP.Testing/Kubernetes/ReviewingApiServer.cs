using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace KubeIdP.Testing.Kubernetes;

/// <summary>An API server as far as its webhook goes: it asks about tokens, and remembers nothing.</summary>
public sealed class ReviewingApiServer(HttpMessageHandler handler, Uri issuer, string? credential) : IDisposable
{
    private readonly HttpClient http = new(handler, disposeHandler: false) { BaseAddress = new Uri(issuer.ToString().TrimEnd('/') + "/") };

    public Task<ReviewAnswer> ReviewAsync(string? token, CancellationToken ct, params string[] audiences) => PostAsync(
        JsonContent.Create(new { apiVersion = "authentication.k8s.io/v1", kind = "TokenReview", spec = new { token, audiences } }), ct);

    public async Task<ReviewAnswer> PostAsync(HttpContent body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "k8s/token-review") { Content = body };
        if (credential is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        using var response = await http.SendAsync(request, ct);
        return new ReviewAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(ct));
    }

    public void Dispose() => http.Dispose();
}

/// <summary>What the webhook answered.</summary>
public sealed record ReviewAnswer(HttpStatusCode Status, string Text)
{
    public JsonElement Body => JsonDocument.Parse(Text).RootElement;

    public bool Authenticated => Status == HttpStatusCode.OK && Body.GetProperty("status").GetProperty("authenticated").GetBoolean();

    public JsonElement User => Body.GetProperty("status").GetProperty("user");

    public IEnumerable<string> Audiences =>
        Body.GetProperty("status").GetProperty("audiences").EnumerateArray().Select(audience => audience.GetString()!);

    /// <summary>An answer like any other, and it says no.</summary>
    public bool IsRefusal => Status == HttpStatusCode.OK && !Authenticated;
}
