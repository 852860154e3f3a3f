namespace KubeIdP.Cli.Administration;

/// <summary>Why sessions end.</summary>
/// <param name="Text">For the audit log; may be null only when the command works on the database.</param>
/// <param name="Tell">Whether the people whose sessions end read it on the login page.</param>
internal sealed record EndingReason(string? Text, bool Tell);
