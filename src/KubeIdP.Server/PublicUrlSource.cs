using System.Net;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server;

/// <summary>
/// <c>--public-url</c>: the issuer in one word, for a first try. Under a name that other machines use we also listen to them, unless the configuration
/// says where to listen.
/// </summary>
internal static class PublicUrlSource
{
    public const string Option = "--public-url";

    public static void Read(string publicUrl, SettingNode root)
    {
        NodeFor(nameof(Settings.Issuer), root).Write(publicUrl, Option);

        // What is no URL is left for the rules to name.
        if (root.Find(nameof(Settings.Listen)) is not null || !Uri.TryCreate(publicUrl, UriKind.Absolute, out var url) || IsLoopback(url)) return;

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

    private static bool IsLoopback(Uri url) => url.Host == "localhost" || (IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address));
}
