using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Closes a connection on which no request has come in time, its TLS handshake and its headers included. Kestrel would wait as long as it does between two
/// requests, which is for those who have shown that they have something to ask.
/// </summary>
internal sealed class FirstRequest(TimeProvider clock)
{
    /// <summary>For a telephone at the edge of its network. A browser that opens connections for later opens them again.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public ConnectionDelegate ExpectAsync(ConnectionDelegate next) => async connection =>
    {
        await using var timer = clock.CreateTimer(Close, connection, Timeout, System.Threading.Timeout.InfiniteTimeSpan);
        connection.Items[typeof(FirstRequest)] = timer;
        await next(connection);
    };

    /// <summary>For every request; the first one of a connection stops its timer.</summary>
    public static Task CameAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(typeof(FirstRequest), out var timer) is true)
            ((ITimer)timer!).Change(System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
        return next(http);
    }

    private static void Close(object? connection) => ((ConnectionContext)connection!).Abort(new ConnectionAbortedException("No request came in time."));
}
