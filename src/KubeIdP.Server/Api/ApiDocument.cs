using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Api;

/// <summary>
/// The OpenAPI document: <c>src/openapi.json</c> as it was when this server was built, with its own issuer in it. A test holds it against the endpoints, so that
/// nothing that writes such documents is part of a server.
/// </summary>
internal static class ApiDocument
{
    /// <summary>Whose document lies in the repository.</summary>
    private const string WrittenFor = "https://idp.example.test";

    public static void MapApiDocument(this IEndpointRouteBuilder api) =>
        api.MapGet("/openapi.json", (IssuerUrl issuer) => Results.Text(Read().Replace(WrittenFor, issuer.Value, StringComparison.Ordinal), "application/json"))
            .RequireAuthorization(ApiAuthentication.Anybody).ExcludeFromDescription();

    private static string Read()
    {
        using var document = new StreamReader(typeof(ApiDocument).Assembly.GetManifestResourceStream("openapi.json")!);
        return document.ReadToEnd();
    }
}
