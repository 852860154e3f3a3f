namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>
/// What the administrator of one cluster does so that its API server accepts the tokens of this issuer: complete files and commands, in
/// their order. One source for the page, the command and the API. English, like commands. It contains no secret.
/// </summary>
/// <param name="Platform">The name of the platform, as people know it.</param>
/// <param name="Obstacles">What prevents it from working with the present configuration; empty if nothing is known.</param>
/// <param name="Notes">What the platform can't do, and what else must be known before the first step.</param>
/// <param name="Steps">In their order.</param>
internal sealed record PlatformGuide(
    string Platform, IReadOnlyList<GuideObstacle> Obstacles, IReadOnlyList<string> Notes, IReadOnlyList<GuideStep> Steps);

/// <summary>A reason why the instructions can't work as long as the configuration is as it is.</summary>
/// <param name="What">What is in the way.</param>
/// <param name="Fix">What to change.</param>
internal sealed record GuideObstacle(string What, string Fix);
