using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>What was found in a file.</summary>
/// <param name="Lines">All of them, whoever wrote them.</param>
/// <param name="FirstCheckpoint">The lowest number; null where there is no checkpoint.</param>
/// <param name="LastCheckpoint">The highest number.</param>
internal sealed record ExportedFile(string Path, long Lines, long Events, long Checkpoints, long? FirstCheckpoint, long? LastCheckpoint);

/// <summary>
/// Reads back what <see cref="AuditExport"/> or the command has written, from any number of files in any order, also as a collector has wrapped it
/// (<see cref="WrappedLines"/>); lines of others between are passed over.
/// </summary>
internal sealed class AuditExportFile(IReadOnlyList<string> paths)
{
    /// <summary>Audit events that are under no checkpoint: the export was of some audit events only, or its end was cut off.</summary>
    public long Loose { get; private set; }

    /// <summary>What was in each file, in the order of their names as given.</summary>
    public List<ExportedFile> Read { get; } = [];

    /// <summary>Lines that say that they are of the audit and can't be read, by file and line.</summary>
    public List<string> Unreadable { get; } = [];

    /// <summary>Each checkpoint with its audit events. Not to be read twice.</summary>
    public async IAsyncEnumerable<AuditBatch> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        // A crash between a batch and its mark lets the audit events come again, before the checkpoint or with it: the latest are the ones that it is over.
        var waiting = new Dictionary<long, SortedDictionary<long, AuditEvent>>();
        var checkpointNumbers = new HashSet<long>();
        foreach (var path in paths)
        {
            var (number, found, wrapped) = (0L, new ExportedFile(path, 0, 0, 0, null, null), new WrappedLines());
            await foreach (var text in File.ReadLinesAsync(path, ct))
            {
                number++;
                switch (wrapped.Unwrap(text) is { } written ? Parse(written, path, number) : null)
                {
                    case AuditLine line:
                        found = found with { Events = found.Events + 1 };
                        if (line.Checkpoint is not { } checkpoint)
                        {
                            Loose++;
                            break;
                        }

                        if (!waiting.TryGetValue(checkpoint, out var events)) waiting[checkpoint] = events = [];
                        events[line.Id] = line.ToEvent();
                        break;
                    case CheckpointLine line:
                        found = found with
                        {
                            Checkpoints = found.Checkpoints + 1, FirstCheckpoint = Math.Min(found.FirstCheckpoint ?? line.Checkpoint, line.Checkpoint), LastCheckpoint = Math.Max(found.LastCheckpoint ?? line.Checkpoint, line.Checkpoint),
                        };
                        checkpointNumbers.Add(line.Checkpoint);
                        yield return new AuditBatch(line.ToCheckpoint(), line.Previous, waiting.Remove(line.Checkpoint, out var under) ? [.. under.Values] : []);
                        break;
                }
            }

            if (wrapped.IsCutOff) Unreadable.Add($"{path}:{number}");
            Read.Add(found with { Lines = number });
        }

        Loose += waiting.Where(rest => !checkpointNumbers.Contains(rest.Key)).Sum(rest => rest.Value.Count);
    }

    private object? Parse(string text, string path, long number)
    {
        try
        {
            return AuditLines.Read(text);
        }
        catch (JsonException)
        {
            Unreadable.Add($"{path}:{number}");
            return null;
        }
    }
}
