using System.Diagnostics;
using System.Diagnostics.Metrics;
using KubeIdP.Server.Runtime;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>
/// Counts requests that were too long, by kind (<c>kubeidp.oversized</c> of the meter <c>KubeIdP.Hosting</c>), and logs each kind once a
/// minute with the number. Refuses headers longer than <see cref="MaxHeaders"/>, and observes what the web server itself refuses before the
/// code of this server runs.
/// </summary>
internal sealed class Oversize : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    /// <summary>
    /// In bytes, without cookies: no legitimate client sends more. Cookies are limited where they are set; a browser with too many must
    /// still get a response that removes some.
    /// </summary>
    private const int MaxHeaders = 32 * 1024;

    private const string Refused = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private readonly OncePerMinute requests;
    private readonly OncePerMinute cookies;
    private readonly OncePerMinute headers;
    private readonly ILogger<Oversize> log;
    private readonly SeriesCounter counter;
    private readonly IDisposable subscription;

    public Oversize(IMeterFactory meters, DiagnosticListener diagnostics, TimeProvider clock, ILogger<Oversize> log)
    {
        this.log = log;
        (requests, cookies, headers) = (new(clock), new(clock), new(clock));
        counter = new SeriesCounter(
            meters.Create("KubeIdP.Hosting"), "kubeidp.oversized", "{request}", "Requests that were too long, by what of them was.",
            ["what"], [["request"], ["cookies"], ["headers"]]);
        subscription = diagnostics.Subscribe(this, name => name == Refused);
    }

    /// <summary>An authorization request was refused.</summary>
    public void RequestRefused(long bytes, int max, string reference)
    {
        counter.Add("request");
        if (requests.CountSuppressed() is { } more) log.RequestTooLong(bytes, max, reference, more);
    }

    /// <summary>A browser had more cookies than a proxy takes, and some were removed.</summary>
    public void CookiesRemoved(int bytes, int removed, string reference)
    {
        counter.Add("cookies");
        if (cookies.CountSuppressed() is { } more) log.CookiesTooLong(bytes, removed, reference, more);
    }

    // Not async, because it runs for each request, including refreshes.
    public Task InvokeAsync(HttpContext http, RequestDelegate next) =>
        HeaderLength.Of(http.Request.Headers, except: HeaderNames.Cookie) <= MaxHeaders ? next(http) : RefuseAsync(http);

    private async Task RefuseAsync(HttpContext http)
    {
        HeadersRefused(StatusCodes.Status431RequestHeaderFieldsTooLarge);
        http.Response.StatusCode = StatusCodes.Status431RequestHeaderFieldsTooLarge;
        if (HttpProtocol.IsHttp11(http.Request.Protocol)) http.Response.Headers.Connection = "close";
        if (http.WantsPage())
            await new MessagePage(http.Response.StatusCode, Texts.FailureTitle, Texts.HeadersTooLong, Texts.FailureNext).ExecuteAsync(http);
        else
            await ErrorPages.AnswerProgramAsync(http, "invalid_request", "The headers of the request are too long.");
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if ((value.Value as IFeatureCollection)?.Get<IBadRequestExceptionFeature>()?.Error
            is BadHttpRequestException { StatusCode: StatusCodes.Status431RequestHeaderFieldsTooLarge
            or StatusCodes.Status414UriTooLong } refused)
            HeadersRefused(refused.StatusCode);
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    public void Dispose() => subscription.Dispose();

    private void HeadersRefused(int status)
    {
        counter.Add("headers");
        if (headers.CountSuppressed() is { } more) log.HeadersTooLong(status, more);
    }
}
