using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeIdP.Testing.Issuers;
using Microsoft.Extensions.DependencyInjection;

namespace KubeIdP.Server.Tests;

/// <summary>What one issuer measures from now on, and nobody else in this process.</summary>
internal sealed class Measured : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<Measurement> measurements = [];

    public Measured(InMemoryIssuer issuer)
    {
        var factory = issuer.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, mine) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory)) mine.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
    }

    /// <summary>The values of one instrument, in the order in which they came.</summary>
    /// <param name="tags">All of which a measurement must have.</param>
    public List<double> Of(string instrument, params (string Name, string Value)[] tags) =>
        [.. measurements.Where(one => one.Instrument == instrument && tags.All(tag => one.Tags.GetValueOrDefault(tag.Name) == tag.Value))
            .Select(one => one.Value)];

    /// <summary>The value of an instrument that is only looked at, as it is now.</summary>
    public double Now(string instrument, params (string Name, string Value)[] tags)
    {
        listener.RecordObservableInstruments();
        return Of(instrument, tags)[^1];
    }

    public void Dispose() => listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var named = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (name, tag) in tags) named[name] = tag?.ToString();
        measurements.Enqueue(new Measurement(instrument.Name, value, named));
    }

    private sealed record Measurement(string Instrument, double Value, Dictionary<string, string?> Tags);
}
