using KubeIdP.Core.Sessions;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Web;

/// <summary>
/// A readable name for a user agent: "Firefox on Linux". The result contains only words from this class, because the header may contain
/// anything.
/// </summary>
internal static class DeviceName
{
    // The order matters: Edge and Opera call themselves Chrome, and Chrome calls itself Safari.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Chromium/", "Chromium"), ("Safari/", "Safari"), ("curl/", "curl"),
    ];

    // Android calls itself Linux, and iPads and iPhones "like Mac OS X".
    private static readonly (string Mark, string Name)[] Systems =
    [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>The name of what holds a session: a browser, or the machine that asked for a device code.</summary>
    public static string Of(ShownSession session) => session.Kind is SessionKind.Device
        ? Texts.DeviceCodeFrom.With(session.Address ?? Texts.UnknownMachine)
        : Of(session.UserAgent);

    public static string Of(string? userAgent)
    {
        var browser = NameIn(Browsers, userAgent);
        var system = NameIn(Systems, userAgent);
        return (browser, system) switch
        {
            (null, null) => Texts.UnknownBrowser,
            (null, _) => Texts.BrowserOnSystem.With(Texts.UnknownBrowser, system),
            (_, null) => browser,
            _ => Texts.BrowserOnSystem.With(browser, system),
        };
    }

    private static string? NameIn((string Mark, string Name)[] known, string? userAgent) =>
        known.FirstOrDefault(of => userAgent?.Contains(of.Mark, StringComparison.Ordinal) is true).Name;
}
