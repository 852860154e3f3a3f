using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KubeIdP.Server.Runtime;

/// <summary>
/// A counter whose series all exist from the start, with 0. A series that appears with its first event begins at 1, and Prometheus, which
/// computes increases from the first value that it has read, would never show that event. A stolen token may be a single event in the life
/// of a replica.
/// </summary>
internal sealed class SeriesCounter
{
    private readonly string[] labels;
    private readonly ConcurrentDictionary<string, Series> all = new(StringComparer.Ordinal);

    /// <param name="labels">Their names.</param>
    /// <param name="series">The values of the labels of each series, in the order of their names.</param>
    public SeriesCounter(Meter meter, string name, string unit, string description, string[] labels, IEnumerable<string[]> series)
    {
        this.labels = labels;
        foreach (var values in series) Of(values);
        meter.CreateObservableCounter(name,
            () => all.Values.Select(one => new Measurement<long>(Interlocked.Read(ref one.Count), one.Tags)), unit, description);
    }

    /// <summary>Counts one event.</summary>
    /// <param name="values">The values of the labels, in the order of the label names.</param>
    public void Add(params string[] values) => Interlocked.Increment(ref Of(values).Count);

    // No value of a label contains a line end: they are names from the configuration and constants.
    private Series Of(string[] values) => all.GetOrAdd(
        string.Join('\n', values), _ =>
            new Series([.. labels.Zip(values, (label, value) => new KeyValuePair<string, object?>(label, value))]));

    private sealed class Series(KeyValuePair<string, object?>[] tags)
    {
        public long Count;

        public KeyValuePair<string, object?>[] Tags => tags;
    }
}
