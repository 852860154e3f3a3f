namespace KubeIdP.Server.Commands.Administration;

/// <summary>Why sessions end.</summary>
/// <param name="Text">For the audit; null on the database alone.</param>
/// <param name="Tell">Whether the people whose sessions end read it where they sign in again.</param>
internal sealed record EndingReason(string? Text, bool Tell);
