using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Duende.IdentityModel.OidcClient.Browser;

namespace KubeIdP.Cli.SignIn;

/// <summary>The browser on this machine, and the loopback address to which it is redirected (RFC 8252 §7.3).</summary>
internal sealed class LoopbackBrowser : IBrowser, IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly HttpListener listener;

    public LoopbackBrowser() => (listener, RedirectUri) = Listen();

    /// <summary>Without a path, as the server wants it of its client for people; any free port.</summary>
    public string RedirectUri { get; }

    public async Task<BrowserResult> InvokeAsync(BrowserOptions options, CancellationToken cancellationToken = default)
    {
        await Console.Error.WriteLineAsync($"Sign in with your browser: {options.StartUrl}");

        // In a script nobody is there to use a browser.
        if (!Console.IsErrorRedirected) Open(options.StartUrl);

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync().WaitAsync(timeout.Token);
                var isAnswer = context.Request.Url is { AbsolutePath: "/", Query.Length: > 1 };
                await AnswerAsync(context, isAnswer, timeout.Token);

                // Browsers also request an icon.
                if (isAnswer) return new BrowserResult { ResultType = BrowserResultType.Success, Response = context.Request.Url!.Query };
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new BrowserResult { ResultType = BrowserResultType.Timeout,
                Error = $"Nobody signed in within {Timeout.TotalMinutes} minutes." };
        }
    }

    public void Dispose() => listener.Close();

    private static async Task AnswerAsync(HttpListenerContext context, bool isAnswer, CancellationToken ct)
    {
        var text = Encoding.UTF8.GetBytes("You can close this page and go back to the terminal.\n");
        context.Response.StatusCode = isAnswer ? 200 : 404;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers[HttpResponseHeader.CacheControl] = "no-store";
        if (isAnswer) await context.Response.OutputStream.WriteAsync(text, ct);
        context.Response.Close();
    }

    private static (HttpListener Listener, string RedirectUri) Listen()
    {
        for (var attempts = 0; ; attempts++)
        {
            var uri = $"http://127.0.0.1:{FreePort()}";
            var listener = new HttpListener { Prefixes = { $"{uri}/" } };
            try
            {
                listener.Start();
                return (listener, uri);
            }
            catch (HttpListenerException) when (attempts < 5)
            {
                // Another process took the port meanwhile.
                listener.Close();
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static void Open(string url)
    {
        try
        {
            using var _ = Process.Start(new ProcessStartInfo(url) { UseShellExecute = true });
        }
        catch (Win32Exception)
        {
            // There is no browser; the address has been printed.
        }
    }
}
