namespace KubeIdP.Cli.Api;

/// <summary>A request to end many sessions.</summary>
/// <param name="Filter">The filter; an empty one matches all sessions.</param>
/// <param name="Sessions">The number from previewEnding. If it has changed since, nothing is ended.</param>
/// <param name="Reason">For the audit log.</param>
/// <param name="Tell">Whether the people whose sessions end see the reason on the login page.</param>
internal sealed record EndMany(SessionQuery Filter, long Sessions, string Reason, bool Tell = false);
