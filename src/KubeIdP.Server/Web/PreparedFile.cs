using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>
/// A file that pages load from this server. It is embedded in the assembly, so it does not depend on the current folder. The address
/// contains a hash of the content, so browsers may cache it and still get a new version at once.
/// </summary>
internal sealed class PreparedFile(string path, string contentType, byte[] content)
{
    private readonly string hash = Convert.ToHexStringLower(SHA256.HashData(content))[..16];

    public string Url => $"{path}?v={hash}";

    public FileContentHttpResult Serve(HttpContext http)
    {
        // Cached only under the hash of this content: during an upgrade, an older replica may get a request for a newer file.
        if (http.Request.Query["v"] == hash) http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";

        return TypedResults.File(content, contentType, entityTag: new EntityTagHeaderValue($"\"{hash}\""));
    }

    public static byte[] Embedded(string name)
    {
        using var resource = typeof(PreparedFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
