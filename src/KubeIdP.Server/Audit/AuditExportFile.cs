using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>What was found in a file.</summary>
/// <param name="Lines">All of them, whoever wrote them.</param>
/// <param name="FirstSeal">The lowest number; null where there is no seal.</param>
/// <param name="LastSeal">The highest number.</param>
internal sealed record ExportedFile(string Path, long Lines, long Facts, long Seals, long? FirstSeal, long? LastSeal);

/// <summary>
/// Reads back what <see cref="AuditExport"/> or the command has written, from any number of files in any order, also as a collector has wrapped it
/// (<see cref="WrappedLines"/>); lines of others between are passed over.
/// </summary>
internal sealed class AuditExportFile(IReadOnlyList<string> paths)
{
    /// <summary>Facts that are under no seal: the export was of some facts only, or its end was cut off.</summary>
    public long Loose { get; private set; }

    /// <summary>What was in each file, in the order of their names as given.</summary>
    public List<ExportedFile> Read { get; } = [];

    /// <summary>Lines that say that they are of the audit and can't be read, by file and line.</summary>
    public List<string> Unreadable { get; } = [];

    /// <summary>Each seal with its facts. Not to be read twice.</summary>
    public async IAsyncEnumerable<AuditBatch> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        // A crash between a batch and its mark lets the facts come again, before the seal or with it: the latest are the ones that it is over.
        var waiting = new Dictionary<long, SortedDictionary<long, AuditEvent>>();
        var sealedNumbers = new HashSet<long>();
        foreach (var path in paths)
        {
            var (number, found, wrapped) = (0L, new ExportedFile(path, 0, 0, 0, null, null), new WrappedLines());
            await foreach (var text in File.ReadLinesAsync(path, ct))
            {
                number++;
                switch (wrapped.Unwrap(text) is { } written ? Parse(written, path, number) : null)
                {
                    case AuditLine line:
                        found = found with { Facts = found.Facts + 1 };
                        if (line.Seal is not { } seal)
                        {
                            Loose++;
                            break;
                        }

                        if (!waiting.TryGetValue(seal, out var facts)) waiting[seal] = facts = [];
                        facts[line.Id] = line.ToFact();
                        break;
                    case CheckpointLine line:
                        found = found with
                        {
                            Seals = found.Seals + 1, FirstSeal = Math.Min(found.FirstSeal ?? line.Seal, line.Seal), LastSeal = Math.Max(found.LastSeal ?? line.Seal, line.Seal),
                        };
                        sealedNumbers.Add(line.Seal);
                        yield return new AuditBatch(line.ToSeal(), line.Previous, waiting.Remove(line.Seal, out var under) ? [.. under.Values] : []);
                        break;
                }
            }

            if (wrapped.IsCutOff) Unreadable.Add($"{path}:{number}");
            Read.Add(found with { Lines = number });
        }

        Loose += waiting.Where(rest => !sealedNumbers.Contains(rest.Key)).Sum(rest => rest.Value.Count);
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
