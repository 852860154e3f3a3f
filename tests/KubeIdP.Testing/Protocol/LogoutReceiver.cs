using System.Collections.Concurrent;
using System.Net;
using KubeIdP.Testing.Directories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeIdP.Testing.Protocol;

/// <summary>What a web client does with the news that a session has ended.</summary>
public enum LogoutBehaviour
{
    Takes,
    Refuses,
    Hangs,

    /// <summary>Answers with a redirect.</summary>
    Redirects,

    /// <summary>Answers with what would clear a terminal, and is no HTTP.</summary>
    Garbles,
}

/// <summary>The address at which a web client on this machine is notified, over TLS, that sessions have ended.</summary>
public sealed class LogoutReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TestAuthority authority;

    private LogoutReceiver(WebApplication app, TestAuthority authority)
    {
        this.app = app;
        this.authority = authority;
    }

    public LogoutBehaviour Manners { get; set; }

    /// <summary>Every form that came, with when it came; answered or not.</summary>
    public ConcurrentQueue<(DateTimeOffset At, string LogoutToken)> Received { get; } = [];

    /// <summary>Connections that were opened, whatever was said over them.</summary>
    public int Connections => connections;

    public Uri Address => new(new Uri(app.Urls.Single()), "/backchannel-logout");

    private int connections;

    public static async Task<LogoutReceiver> StartAsync(TestAuthority authority, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        LogoutReceiver? receiver = null;
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Use(next => connection =>
            {
                Interlocked.Increment(ref receiver!.connections);
                return next(connection);
            });
            listen.UseHttps(authority.Issue(["localhost", "127.0.0.1"]));
            listen.Use(next => connection => receiver!.Manners == LogoutBehaviour.Garbles ? GarbleAsync(connection) : next(connection));
        }));
        var app = builder.Build();
        receiver = new LogoutReceiver(app, authority);
        app.MapPost("/backchannel-logout", (Delegate)receiver.HandleAsync);
        await app.StartAsync(ct);
        return receiver;
    }

    /// <summary>Until there are so many, or for a quarter of a minute.</summary>
    public async Task<IReadOnlyList<string>> WaitAsync(int count, CancellationToken ct)
    {
        for (var tries = 0; tries < 150 && Received.Count < count; tries++) await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        return [.. Received.Select(one => one.LogoutToken)];
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        authority.Dispose();
    }

    private static async Task GarbleAsync(ConnectionContext connection)
    {
        await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
        await connection.Transport.Output.WriteAsync("HTTP/1.1 \e[2J\u009b2J\0\r\n\r\n"u8.ToArray(), connection.ConnectionClosed);
    }

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        Received.Enqueue((DateTimeOffset.UtcNow, form["logout_token"].ToString()));
        switch (Manners)
        {
            case LogoutBehaviour.Hangs:
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                return Results.Ok();
            case LogoutBehaviour.Refuses:
                return Results.BadRequest();
            case LogoutBehaviour.Redirects:
                return Results.Redirect("/backchannel-logout", preserveMethod: true);
            default:
                return Results.Ok();
        }
    }
}
