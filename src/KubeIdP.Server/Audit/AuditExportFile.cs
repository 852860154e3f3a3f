using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>Reads back what <see cref="AuditExport"/> or the command has written, from any number of files in any order; lines of others between are passed over.</summary>
internal sealed class AuditExportFile(IReadOnlyList<string> paths)
{
    /// <summary>Facts that are under no seal: the export was of some facts only, or its end was cut off.</summary>
    public long Loose { get; private set; }

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
            var number = 0L;
            await foreach (var text in File.ReadLinesAsync(path, ct))
            {
                number++;
                switch (Parse(text, path, number))
                {
                    case AuditLine { Seal: { } seal } line:
                        if (!waiting.TryGetValue(seal, out var facts)) waiting[seal] = facts = [];
                        facts[line.Id] = line.ToFact();
                        break;
                    case AuditLine:
                        Loose++;
                        break;
                    case SealLine line:
                        sealedNumbers.Add(line.Seal);
                        yield return new AuditBatch(line.ToSeal(), line.Previous, waiting.Remove(line.Seal, out var under) ? [.. under.Values] : []);
                        break;
                }
            }
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
