using KubeIdP.Server.Configuration;

namespace KubeIdP.Server;

/// <summary>What came of reading the configuration.</summary>
internal abstract record SettingsAnswer
{
    private SettingsAnswer() { }

    /// <summary>Checked, with every default filled in and every path absolute.</summary>
    /// <param name="SourceOf">Where a key was written; null for one that nobody wrote.</param>
    public sealed record Usable(Settings Settings, Func<string, string?> SourceOf) : SettingsAnswer;

    public sealed record Unusable(SettingsFaults Faults) : SettingsAnswer;
}
