using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AngleSharp;

namespace KubeIdP.Testing.Browsers;

/// <summary>
/// A person at a browser, made of HTTP: cookies, redirects, forms that are found by what stands on the page. No scripts run, so every page
/// that it gets through works without them. The handler decides what it talks to: a server in memory or one behind real TLS.
/// </summary>
public sealed class BrowserClient : IDisposable
{
    private const int MaxRedirects = 20;

    private readonly HttpClient client;

    /// <param name="handler">Must neither follow redirects nor keep cookies by itself.</param>
    /// <param name="home">What a relative address is relative to.</param>
    /// <param name="clock">Ages the cookies; real time by default.</param>
    public BrowserClient(HttpMessageHandler handler, Uri home, TimeProvider? clock = null)
    {
        client = new HttpClient(handler);
        Home = home;
        Cookies = new CookieJar(clock ?? TimeProvider.System);
    }

    public Uri Home { get; }

    public CookieJar Cookies { get; }

    /// <summary>
    /// A redirect to such an address is not followed but handed to the test. By default all that leave the origin of <see cref="Home"/>, as
    /// the client's loopback address does.
    /// </summary>
    public Func<Uri, bool>? StopAt { get; set; }

    /// <summary>Sent with each request, such as Accept-Language.</summary>
    public HttpRequestHeaders Headers => client.DefaultRequestHeaders;

    public Task<Page> GoAsync(string url, CancellationToken ct) => GoAsync(new Uri(Home, url), ct);

    public Task<Page> GoAsync(Uri url, CancellationToken ct) => LoadAsync(new HttpRequestMessage(HttpMethod.Get, url), ct);

    /// <summary>
    /// Opens tabs at the same moment, as a browser does that is restored: no request carries what the answers to the others set.
    /// </summary>
    public async Task<IReadOnlyList<Page>> GoAtOnceAsync(IReadOnlyList<string> urls, CancellationToken ct)
    {
        var tabs = urls.Select(url => (Url: new Uri(Home, url), Jar: Cookies.Copy())).ToList();
        var pages = await Task.WhenAll(tabs.Select(tab => LoadAsync(new HttpRequestMessage(HttpMethod.Get, tab.Url), tab.Jar, ct)));
        foreach (var (_, jar) in tabs) Cookies.TakeFrom(jar);
        return pages;
    }

    /// <summary>Sends a request of any shape, as a form that the test made up would, and follows where it leads.</summary>
    public Task<Page> LoadAsync(HttpRequestMessage request, CancellationToken ct) => LoadAsync(request, Cookies, ct);

    public void Dispose() => client.Dispose();

    private async Task<Page> LoadAsync(HttpRequestMessage request, CookieJar jar, CancellationToken ct)
    {
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            var url = request.RequestUri!;
            var response = await SendAsync(request, jar, ct);
            if (TargetOf(response, url) is not { } target)
            {
                var page = await ReadAsync(response, url, null, ct);
                if (page.LeadsTo is not { } next) return page;
                target = next;
            }

            if (StopsAt(target)) return await ReadAsync(response, url, target, ct);

            request = Next(request, response.StatusCode, target);
            response.Dispose();
        }

        throw new InvalidOperationException($"More than {MaxRedirects} redirects, the last to {request.RequestUri}");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CookieJar jar, CancellationToken ct)
    {
        if (request.Headers.Accept.Count == 0) request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml,*/*;q=0.8");
        jar.Attach(request);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);

        // Kestrel ends such an answer with 500; the server in memory would let it pass.
        if (response.Headers.NonValidated.FirstOrDefault(header => header.Value.Any(value => !Ascii.IsValid(value))) is { Key: { } name })
            throw new InvalidOperationException($"The header {name} of {request.RequestUri} is not ASCII.");
        jar.TakeFrom(request.RequestUri!, response.Headers);
        return response;
    }

    private bool StopsAt(Uri target) =>
        StopAt?.Invoke(target) ?? target.GetLeftPart(UriPartial.Authority) != Home.GetLeftPart(UriPartial.Authority);

    private static Uri? TargetOf(HttpResponseMessage response, Uri url) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location
            ? new Uri(url, location)
            : null;

    // Fetch §4.4: 307 and 308 repeat the request, the others turn a POST into a GET.
    private static HttpRequestMessage Next(HttpRequestMessage request, HttpStatusCode status, Uri target) =>
        status is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            ? new HttpRequestMessage(request.Method, target) { Content = request.Content }
            : new HttpRequestMessage(HttpMethod.Get, target);

    private async Task<Page> ReadAsync(HttpResponseMessage response, Uri url, Uri? target, CancellationToken ct)
    {
        var text = await response.Content.ReadAsStringAsync(ct);
        var context = BrowsingContext.New(Configuration.Default);
        var document = await context.OpenAsync(source => source.Content(text).Address(url), ct);
        return new Page(this, response, url, target, text, document);
    }
}
