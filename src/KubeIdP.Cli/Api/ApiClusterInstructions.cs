namespace KubeIdP.Cli.Api;

/// <summary>What the administrator of a cluster does so that its API server accepts the tokens of this issuer.</summary>
/// <remarks>The commands print the same.</remarks>
/// <param name="Platform">The name of the platform, as people know it.</param>
/// <param name="Obstacles">What prevents it from working with the present configuration.</param>
/// <param name="Notes">What the platform can't do, and what else must be known before the first step.</param>
/// <param name="Steps">In their order.</param>
internal sealed record ApiClusterInstructions(
    string Platform, IReadOnlyList<ApiClusterObstacle> Obstacles, IReadOnlyList<string> Notes, IReadOnlyList<ApiClusterStep> Steps);

/// <summary>What is in the way, and what to change.</summary>
internal sealed record ApiClusterObstacle(string What, string Fix);

/// <summary>One step.</summary>
/// <param name="Text">What to do.</param>
/// <param name="Kind">What the content is.</param>
/// <param name="File">The name or path of the file; null for commands and for a part of an existing file.</param>
/// <param name="Content">The file or the commands; null if the step has none.</param>
internal sealed record ApiClusterStep(string Text, GuideContent Kind, string? File, string? Content);
