using System.Net;
using System.Text;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Testing.Browsers;

/// <summary>What a program on a person's machine listens with for its code: a real address that a real browser can be sent to.</summary>
public sealed class LoopbackListener : IDisposable
{
    /// <summary>What it shows to the person.</summary>
    public const string Heading = "You can close this page";

    private readonly HttpListener listener = new();
    private readonly TaskCompletionSource<Uri> arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LoopbackListener()
    {
        Address = $"http://localhost:{Ports.Free()}";
        listener.Prefixes.Add($"{Address}/");
        listener.Start();
        _ = AnswerAsync();
    }

    /// <summary>As a program states its redirect URI: without a slash.</summary>
    public string Address { get; }

    /// <summary>The first request that carries anything; what a form posted stands in its query.</summary>
    public Task<Uri> ArrivedAsync(CancellationToken ct) => arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), ct);

    public void Dispose() => listener.Close();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var form = await reader.ReadToEndAsync();
                context.Response.ContentType = "text/html";
                await context.Response.OutputStream.WriteAsync(
                    Encoding.UTF8.GetBytes($"<!doctype html><html lang=en><title>Done</title><h1>{Heading}</h1></html>"));
                context.Response.Close();
                var url = form.Length > 0 ? new UriBuilder(context.Request.Url!) { Query = form }.Uri : context.Request.Url!;
                if (url.Query.Length > 0) arrived.TrySetResult(url);
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
        {
            // Closed: nobody waits for a code any more.
        }
    }
}
