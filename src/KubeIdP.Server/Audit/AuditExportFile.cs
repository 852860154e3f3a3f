using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Reads the output of <see cref="AuditExport"/> or of the command from any number of files in any order, also as a log collector has
/// wrapped it (<see cref="WrappedLines"/>). Lines of other programs are skipped.
/// </summary>
internal sealed class AuditExportFile(IReadOnlyList<string> paths)
{
    /// <summary>In the place of a path.</summary>
    public const string StandardInput = "-";

    /// <summary>
    /// The number of audit events without a checkpoint: only some events were exported, or the end of the export is missing.
    /// </summary>
    public long Loose { get; private set; }

    /// <summary>The content of each file, in the given order.</summary>
    public List<ExportedFile> Read { get; } = [];

    /// <summary>Lines that are marked as audit lines and can't be parsed, by file and line.</summary>
    public List<string> Unreadable { get; } = [];

    /// <summary>Each checkpoint with its audit events. Must be enumerated only once.</summary>
    public async IAsyncEnumerable<AuditBatch> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        // After a crash, audit events may be exported again before the checkpoint or with it; the latest ones are those that the checkpoint
        // covers.
        var waiting = new Dictionary<long, SortedDictionary<long, AuditEvent>>();
        var checkpointNumbers = new HashSet<long>();
        foreach (var path in paths)
        {
            var (number, found, wrapped) = (0L, new ExportedFile(path, 0, 0, 0, null, null), new WrappedLines());
            await foreach (var text in path == StandardInput ? InputAsync(ct) : File.ReadLinesAsync(path, ct))
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
                            Checkpoints = found.Checkpoints + 1,
                                FirstCheckpoint = Math.Min(found.FirstCheckpoint ?? line.Checkpoint, line.Checkpoint),
                                LastCheckpoint = Math.Max(found.LastCheckpoint ?? line.Checkpoint, line.Checkpoint),
                        };
                        checkpointNumbers.Add(line.Checkpoint);
                        yield return new AuditBatch(line.ToCheckpoint(), line.Previous,
                            waiting.Remove(line.Checkpoint, out var under) ? [.. under.Values] : []);
                        break;
                }
            }

            if (wrapped.IsCutOff) Unreadable.Add($"{path}:{number}");
            Read.Add(found with { Lines = number });
        }

        Loose += waiting.Where(rest => !checkpointNumbers.Contains(rest.Key)).Sum(rest => rest.Value.Count);
    }

    private static async IAsyncEnumerable<string> InputAsync([EnumeratorCancellation] CancellationToken ct)
    {
        while (await Console.In.ReadLineAsync(ct) is { } line) yield return line;
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
