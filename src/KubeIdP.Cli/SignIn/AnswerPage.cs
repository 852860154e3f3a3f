using System.Globalization;
using System.Net;
using System.Text;

namespace KubeIdP.Cli.SignIn;

/// <summary>The page that a browser shows at the end of a sign-in.</summary>
/// <param name="Status">The status line of HTTP.</param>
internal sealed record AnswerPage(string Status, string Heading, string Sentence, string Advice)
{
    private const string Style = """
        :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f4f5f7, #16181d); }
        main { max-width: 32rem; margin: 1.5rem; padding: 2rem; border-radius: .75rem; overflow-wrap: anywhere;
          background: light-dark(#fff, #22252c); color: light-dark(#1c1e21, #e8eaed); box-shadow: 0 1px 4px #0003; }
        h1 { margin: 0 0 .75rem; font-size: 1.4rem; }
        p { margin: .5rem 0 0; }
        """;

    /// <summary>For whatever else is requested.</summary>
    public static AnswerPage NotFound { get; } =
        new("404 Not Found", "Nothing here", "kubeidp waits for an answer from the sign-in page.", "Start again in the terminal.");

    public static AnswerPage Done(string issuer) =>
        new("200 OK", "You are signed in", $"The terminal has your login at {issuer}.", "You can close this page.");

    /// <param name="sentence">What the terminal says as well.</param>
    public static AnswerPage Failed(string sentence) =>
        new("200 OK", "You are not signed in", sentence, "You can close this page and go back to the terminal.");

    public string Html => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{WebUtility.HtmlEncode(Heading)} - kubeidp</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <main>
        <h1>{WebUtility.HtmlEncode(Heading)}</h1>
        <p>{WebUtility.HtmlEncode(Sentence)}</p>
        <p>{WebUtility.HtmlEncode(Advice)}</p>
        </main>
        </body>
        </html>

        """;

    public async Task WriteAsync(Stream stream, CancellationToken ct)
    {
        var body = Encoding.UTF8.GetBytes(Html.ReplaceLineEndings("\n"));
        string[] head =
        [
            $"HTTP/1.1 {Status}", "Content-Type: text/html; charset=utf-8",
            $"Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}", "Cache-Control: no-store",
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            "Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff", "Connection: close", "", "",
        ];
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", head)), ct);
        await stream.WriteAsync(body, ct);
        await stream.FlushAsync(ct);
    }
}
