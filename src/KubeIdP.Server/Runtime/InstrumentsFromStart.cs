namespace KubeIdP.Server.Runtime;

/// <summary>
/// Creates a feature's instruments when the server starts, and not when there is something to count: see <see cref="SeriesCounter"/>.
/// </summary>
/// <typeparam name="T">Creates its instruments in its constructor.</typeparam>
internal sealed class InstrumentsFromStart<T> : IHostedService
    where T : class
{
    public InstrumentsFromStart(T instruments) => ArgumentNullException.ThrowIfNull(instruments);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class Instruments
{
    public static IServiceCollection AddInstruments<T>(this IServiceCollection services)
        where T : class => services
            .AddMetrics()
            .AddSingleton<T>()
            .AddHostedService<InstrumentsFromStart<T>>();
}
