using System.Net;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server;

/// <summary>
/// <c>--public-url</c>: sets the issuer for a first try. If other machines can use its host name, the server also listens on all addresses,
/// unless the configuration says where to listen.
/// </summary>
internal static class PublicUrlSource
{
    public const string Option = "--public-url";

    public static void Read(string publicUrl, SettingNode root)
    {
        NodeFor(nameof(Settings.Issuer), root).Write(publicUrl, Option);

        // The rules report a value that is not a URL.
        if (root.Find(nameof(Settings.Listen)) is not null || !Uri.TryCreate(publicUrl, UriKind.Absolute, out var url) || IsLoopback(url))
            return;

        var listen = new SettingNode(Option) { IsList = true };
        listen.Add("0", new SettingNode(Option));
        listen.Find("0")!.Write($"https://*:{url.Port}", Option);
        root.Add(nameof(Settings.Listen), listen);
    }

    private static SettingNode NodeFor(string key, SettingNode root)
    {
        if (root.Find(key) is { } there) return there;

        var node = new SettingNode(Option);
        root.Add(key, node);
        return node;
    }

    private static bool IsLoopback(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address));
}
