using KubeIdP.Server.Configuration;

namespace KubeIdP.Server;

/// <summary>The result of reading the configuration.</summary>
internal abstract record SettingsAnswer
{
    private SettingsAnswer() { }

    /// <summary>The settings are valid, with all defaults filled in and all paths absolute.</summary>
    /// <param name="SourceOf">Where a key was set; null if it was not set.</param>
    public sealed record Usable(Settings Settings, Func<string, string?> SourceOf) : SettingsAnswer;

    public sealed record Unusable(SettingsFaults Faults) : SettingsAnswer;
}
