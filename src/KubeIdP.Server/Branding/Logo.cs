using System.Security.Cryptography;
using System.Xml;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Branding;

/// <summary>The picture beside the name, as it is served.</summary>
internal sealed class Logo(byte[] content, string contentType)
{
    public const string Path = "/logo";
    public const int MaxBytes = 100 * 1024;

    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly string hash = Convert.ToHexStringLower(SHA256.HashData(content))[..16];

    public string Url => $"{Path}?v={hash}";

    /// <summary>Null when the file is neither a PNG nor an SVG. Decided by the content, because the file name may be wrong.</summary>
    public static Logo? Read(string path)
    {
        var content = File.ReadAllBytes(path);
        if (content.AsSpan().StartsWith(PngSignature)) return new Logo(content, "image/png");
        return IsSvg(content) ? new Logo(content, "image/svg+xml") : null;
    }

    public FileContentHttpResult Serve(HttpContext http)
    {
        // In an <img> no script of an SVG runs. Opened by itself it is a document of our origin: the sandbox takes that away.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        if (http.Request.Query["v"] == hash) http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";

        return TypedResults.File(content, contentType, entityTag: new EntityTagHeaderValue($"\"{hash}\""));
    }

    private static bool IsSvg(byte[] content)
    {
        try
        {
            // Drawing programs write a DOCTYPE; it is ignored, and no external entity is loaded.
            using var reader = XmlReader.Create(new MemoryStream(content),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            return reader.MoveToContent() is XmlNodeType.Element
                && reader is { LocalName: "svg", NamespaceURI: "http://www.w3.org/2000/svg" };
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
