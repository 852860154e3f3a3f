namespace KubeIdP.Server.Configuration;

/// <summary>One thing that is wrong with the configuration. Never carries a secret: it is printed and ends up in logs.</summary>
/// <param name="Place">File, line and key, or the environment variable. A rule, which sees values alone, names the key; the loader finds the place.</param>
/// <param name="What">What is wrong there, as a sentence.</param>
/// <param name="Fix">What to do about it, as a sentence.</param>
internal sealed record SettingsFault(string Place, string What, string Fix);
