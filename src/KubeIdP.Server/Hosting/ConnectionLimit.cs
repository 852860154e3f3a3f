using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// How many connections people may hold at once, over all listeners for them together. Kestrel's own limit would count the platform's too: whoever fills it
/// up would then also keep the kubelet from asking how we are, and have us restarted.
/// </summary>
internal sealed class ConnectionLimit(int most)
{
    private int open;

    /// <summary>Before TLS, so that one too many costs nothing but its end.</summary>
    public void Guard(ListenOptions listener) => listener.Use(next => async connection =>
    {
        try
        {
            if (Interlocked.Increment(ref open) > most) connection.Abort(new ConnectionAbortedException("There are too many connections."));
            else await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    });
}
