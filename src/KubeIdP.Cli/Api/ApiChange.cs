namespace KubeIdP.Cli.Api;

/// <summary>The result of a change.</summary>
/// <param name="Changed">False when nothing had to be changed.</param>
internal sealed record ApiChange(bool Changed);
