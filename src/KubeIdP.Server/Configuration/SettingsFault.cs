namespace KubeIdP.Server.Configuration;

/// <summary>One thing that is wrong with the configuration. It never contains a secret, because it is printed and logged.</summary>
/// <param name="Place">
/// File, line and key, or the environment variable. A rule, which sees only values, names the key, and the loader replaces it by the place.
/// </param>
/// <param name="What">What is wrong there, as a sentence.</param>
/// <param name="Fix">What to do about it, as a sentence.</param>
internal sealed record SettingsFault(string Place, string What, string Fix);
