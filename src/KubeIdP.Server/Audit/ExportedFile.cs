namespace KubeIdP.Server.Audit;

/// <summary>The content of an export file.</summary>
/// <param name="Lines">The number of all lines, including those of other programs.</param>
/// <param name="FirstCheckpoint">The lowest number; null if there is no checkpoint.</param>
/// <param name="LastCheckpoint">The highest number.</param>
internal sealed record ExportedFile(string Path, long Lines, long Events, long Checkpoints, long? FirstCheckpoint, long? LastCheckpoint);
