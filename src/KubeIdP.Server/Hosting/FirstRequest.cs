using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Closes a connection on which no complete request has arrived in time, including the TLS handshake and the headers. Kestrel would wait as
/// long as between two requests, a time that is meant for clients that have already sent one.
/// </summary>
internal sealed class FirstRequest(TimeProvider clock)
{
    /// <summary>Long enough for a mobile phone with bad reception. A browser that opens connections in advance opens them again.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public ConnectionDelegate ExpectAsync(ConnectionDelegate next) => async connection =>
    {
        await using var timer = clock.CreateTimer(Close, connection, Timeout, System.Threading.Timeout.InfiniteTimeSpan);
        connection.Items[typeof(FirstRequest)] = timer;
        await next(connection);
    };

    /// <summary>Called for every request; the first one of a connection stops its timer.</summary>
    public static Task ReceivedAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(typeof(FirstRequest), out var timer) is true)
            ((ITimer)timer!).Change(System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
        return next(http);
    }

    private static void Close(object? connection) =>
        ((ConnectionContext)connection!).Abort(new ConnectionAbortedException("No request arrived in time."));
}
