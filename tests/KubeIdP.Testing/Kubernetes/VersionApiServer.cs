using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeIdP.Testing.Kubernetes;

/// <summary>An API server as far as TLS and <c>/version</c> go, on a port of its own.</summary>
public sealed class VersionApiServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TaskCompletionSource released = new();

    private VersionApiServer(WebApplication app) => this.app = app;

    /// <summary>Its address, by the name localhost.</summary>
    public string Url { get; private set; } = "";

    /// <summary>What each request had in its Authorization header; null for none.</summary>
    public List<string?> Credentials { get; } = [];

    /// <param name="certificate">What it presents.</param>
    /// <param name="answer">What <c>/version</c> answers; null: it never does.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<VersionApiServer> StartAsync(
        X509Certificate2 certificate, (HttpStatusCode Status, string Body)? answer, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = new VersionApiServer(builder.Build());
        server.app.MapGet("/version", context => server.AnswerAsync(context, answer));
        await server.app.StartAsync(ct);
        server.Url = server.app.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        return server;
    }

    /// <summary>As a real one answers, for <c>v1.34.1+k3s1</c>.</summary>
    public static (HttpStatusCode Status, string Body) Version(string version) =>
        (HttpStatusCode.OK, $$"""{"major":"1","minor":"{{version.Split('.')[1]}}","gitVersion":"{{version}}","platform":"linux/amd64"}""");

    public async ValueTask DisposeAsync()
    {
        released.TrySetResult();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context, (HttpStatusCode Status, string Body)? answer)
    {
        lock (Credentials) Credentials.Add(context.Request.Headers.Authorization);
        if (answer is not { } given)
        {
            await released.Task;
            return;
        }

        context.Response.StatusCode = (int)given.Status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(given.Body, context.RequestAborted);
    }
}
