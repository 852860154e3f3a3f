using System.Net.Http;
using System.Text.Json;

namespace KubeIdP.Cli.Network;

/// <summary>Reads the discovery document of an issuer.</summary>
internal static class Discovery
{
    private const string Path = "/.well-known/openid-configuration";

    /// <exception cref="Outage">There was no answer, or none of an issuer.</exception>
    /// <exception cref="CommandFault">Something else answers there.</exception>
    public static async Task<Provider> ReadAsync(string issuer, IssuerHttp http, TimeProvider clock, CancellationToken ct)
    {
        var url = IssuerUrl.Below(issuer, Path);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        var answer = await http.SendAsync(request, ct);
        if (answer.Status is 404)
            throw new CommandFault($"{issuer} is no issuer: there is nothing at {url}. Check the address.");

        return answer.Status is 200
            ? Interpret(issuer, answer.Body, clock.GetUtcNow()) ?? throw new Outage(OutageText.ForStranger(url, answer.Status))
            : throw new Outage(OutageText.ForStranger(url, answer.Status));
    }

    /// <summary>Null if this is no discovery document.</summary>
    /// <exception cref="CommandFault">It is that of another issuer, or names endpoints without TLS.</exception>
    public static Provider? Interpret(string issuer, string body, DateTimeOffset now)
    {
        DiscoveryDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(body, NetworkJson.Default.DiscoveryDocument);
        }
        catch (JsonException)
        {
            return null;
        }

        if (document?.Issuer is null) return null;

        if (document.Issuer != issuer)
        {
            throw new CommandFault(
                $"The issuer at {issuer} calls itself {Plain.Text(document.Issuer)}. API servers compare this byte for byte, "
                + "so use exactly that address.");
        }

        return new Provider(
            issuer, Endpoint(document.AuthorizationEndpoint, "authorization_endpoint"),
            Endpoint(document.TokenEndpoint, "token_endpoint"), Optional(document.RevocationEndpoint, "revocation_endpoint"),
            Optional(document.DeviceAuthorizationEndpoint, "device_authorization_endpoint"),
            document.AuthorizationResponseIssParameterSupported, now);

        Uri? Optional(string? text, string name) => text is null ? null : Endpoint(text, name);

        Uri Endpoint(string? text, string name) =>
            Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
                ? url
                : throw new CommandFault($"The discovery document of {issuer} has no usable {name}: an https URL is needed.");
    }
}

/// <summary>What this program reads of it (OpenID Connect Discovery §3, RFC 8414 §2, RFC 8628 §4, RFC 9207 §3).</summary>
internal sealed record DiscoveryDocument
{
    public string? Issuer { get; init; }

    public string? AuthorizationEndpoint { get; init; }

    public string? TokenEndpoint { get; init; }

    public string? RevocationEndpoint { get; init; }

    public string? DeviceAuthorizationEndpoint { get; init; }

    public bool AuthorizationResponseIssParameterSupported { get; init; }
}
