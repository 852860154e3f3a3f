using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace KubeIdP.Testing.Issuers;

/// <summary>Keeps every line that was logged, at every level, with its scopes' values: what a test of secrets in logs reads.</summary>
public sealed class LogCapture : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> lines = new();
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public IReadOnlyCollection<string> Lines => lines;

    public void Clear() => lines.Clear();

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, this);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose()
    {
    }

    private void Keep(string line, object? state)
    {
        scopes.ForEachScope((scope, _) => line += $" {Words(scope)}", 0);
        lines.Enqueue($"{line} {Words(state)}");
    }

    // A structured sink gets the values one by one, also those that the message leaves out.
    private static string Words(object? state) =>
        state is IEnumerable<KeyValuePair<string, object?>> values
            ? string.Join(' ', values.Where(value => value.Key != "{OriginalFormat}").Select(value => $"{value.Key}={value.Value}"))
            : $"{state}";

    private sealed class Logger(string category, LogCapture capture) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => capture.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            capture.Keep($"{logLevel} {category}[{eventId.Id}] {formatter(state, exception)} {exception}", state);
    }
}
