namespace KubeIdP.Architecture.Tests;

/// <summary>Parts that depend on themselves by way of others.</summary>
internal static class Cycles
{
    /// <param name="uses">For each part those that it uses, each with an example, as <see cref="Arrows"/> reads them.</param>
    /// <returns>For each part that is on a cycle the shortest one, with an example for each step.</returns>
    public static IReadOnlyList<string> In(IReadOnlyDictionary<string, SortedDictionary<string, string>> uses) =>
        [.. uses.Keys.Select(part => WayBack(uses, part)).OfType<string>()];

    private static string? WayBack(IReadOnlyDictionary<string, SortedDictionary<string, string>> uses, string start)
    {
        var (ways, queue) = (new Dictionary<string, string>(StringComparer.Ordinal) { [start] = start }, new Queue<string>([start]));
        while (queue.TryDequeue(out var part))
        {
            foreach (var (next, example) in uses[part])
            {
                var way = $"{ways[part]} → {next} ({example})";
                if (next == start) return way;
                if (ways.TryAdd(next, way)) queue.Enqueue(next);
            }
        }

        return null;
    }
}
