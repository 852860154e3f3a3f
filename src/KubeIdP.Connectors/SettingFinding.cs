using KubeIdP.Core.Naming;

namespace KubeIdP.Connectors;

/// <summary>How one setting of a connector did when it was tried out. Never carries a secret.</summary>
/// <param name="Key">Below the connector's own key and as the file spells it, such as <c>users.filter</c>.</param>
/// <param name="What">What was seen, as a sentence.</param>
/// <param name="Ok">Whether people can sign in by it all the same.</param>
/// <param name="Fix">What to do about it; null when nothing needs doing.</param>
public sealed record SettingFinding(string Key, bool Ok, string What, string? Fix)
{
    internal static SettingFinding Right(string key, string what) => Seen(key, ok: true, what, fix: null);

    /// <summary>It works, and somebody should look at it.</summary>
    internal static SettingFinding Warning(string key, string what, string fix) => Seen(key, ok: true, what, fix);

    internal static SettingFinding Wrong(string key, string what, string fix) => Seen(key, ok: false, what, fix);

    // It holds the words of the upstream, and names from there.
    private static SettingFinding Seen(string key, bool ok, string what, string? fix) => new(key, ok, OutsideText.Show(what), fix);
}
