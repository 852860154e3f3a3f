using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Api;

/// <summary>
/// The OpenAPI document: <c>src/openapi.json</c> from the build of this server, with its issuer inserted. A test compares it with the
/// endpoints, so that servers need no generator.
/// </summary>
internal static class ApiDocument
{
    /// <summary>The issuer in the document of the repository.</summary>
    private const string WrittenFor = "https://idp.example.test";

    public static void MapApiDocument(this IEndpointRouteBuilder api) =>
        api.MapGet("/openapi.json",
            (IssuerUrl issuer) => Results.Text(Read().Replace(WrittenFor, issuer.Value, StringComparison.Ordinal), "application/json"))
            .RequireAuthorization(ApiAuthentication.Anybody).ExcludeFromDescription();

    private static string Read()
    {
        using var document = new StreamReader(typeof(ApiDocument).Assembly.GetManifestResourceStream("openapi.json")!);
        return document.ReadToEnd();
    }
}
