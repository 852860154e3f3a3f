using System.Net;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KubeIdP.Server.Tests.Instruments;

/// <summary>The instrument itself: a browser that is more forgiving than a real one would hide the product's faults.</summary>
public sealed class BrowserClientTests : IAsyncLifetime
{
    private static readonly Uri Home = new("https://id.example");

    private readonly WebApplication app;
    private readonly FakeClock clock = new();

    public BrowserClientTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapGet("/form", () => Results.Content("""
            <form method="post" action="/echo?x=1">
              <input type="hidden" name="token" value="t">
              <label for="u">Username</label> <input id="u" name="username" value="old">
              <label>Password <input type="password" name="password"></label>
              <label><input type="checkbox" name="stay" value="yes"> Stay</label>
              <label>Upstream <select name="via"><option value="l">Local</option><option value="d">Directory</option></select></label>
              <input name="off" value="1" disabled>
              <button name="do" value="in">Sign in</button> <button name="do" value="out" formaction="/other">Leave</button>
            </form>
            """, "text/html"));
        app.MapPost("/echo", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            return string.Join('&', form.Select(pair => $"{pair.Key}={pair.Value}")) + $" {request.QueryString} {request.Headers.Origin}";
        });
        app.MapPost("/other", () => Results.Redirect("/cookies"));
        app.MapGet("/cookies", (HttpRequest request) => request.Headers.Cookie.ToString());
        app.MapGet("/set", (HttpResponse response, string line) => response.Headers.Append("Set-Cookie", line));
        app.MapGet("/client", () => Results.Redirect("http://localhost:8000/?code=a%20b&state=s"));
        app.MapGet("/loop", () => Results.Redirect("/loop"));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await app.StartAsync(Ct);

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_form_is_filled_by_its_labels_and_sent_by_its_button()
    {
        using var browser = Open();
        var page = await browser.GoAsync("/form", Ct);

        page = await page.Fill("Username", "alice").Fill("Password", "p&ß").Fill("Upstream", "Directory").Check("Stay")
            .PressAsync("Sign in", Ct);

        Assert.Equal("token=t&username=alice&password=p&ß&stay=yes&via=d&do=in ?x=1 https://id.example", page.Content);
    }

    [Fact]
    public async Task A_button_may_send_the_form_elsewhere()
    {
        using var browser = Open();
        var page = await browser.GoAsync("/form", Ct);

        page = await page.PressAsync("Leave", Ct);

        Assert.Equal((HttpStatusCode.OK, "/cookies"), (page.Status, page.Url.AbsolutePath));
    }

    [Fact]
    public async Task What_is_missing_is_named_with_what_is_there()
    {
        using var browser = Open();
        var page = await browser.GoAsync("/form", Ct);

        var field = Assert.Throws<InvalidOperationException>(() => page.Fill("User", "alice"));
        var button = await Assert.ThrowsAsync<InvalidOperationException>(() => page.PressAsync("Go", Ct));

        Assert.Contains("\"Username\"", field.Message, StringComparison.Ordinal);
        Assert.Contains("\"Sign in\"", button.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_to_the_client_is_handed_to_the_test()
    {
        using var browser = Open();

        var page = await browser.GoAsync("/client", Ct);

        Assert.Equal("http://localhost:8000/?code=a%20b&state=s", page.Redirect?.OriginalString);
        Assert.Equal("a b", page.RedirectParameters["code"]);
    }

    [Fact]
    public async Task A_loop_of_redirects_ends()
    {
        using var browser = Open();

        await Assert.ThrowsAsync<InvalidOperationException>(() => browser.GoAsync("/loop", Ct));
    }

    [Theory]
    [InlineData("a=1", "a=1")]
    [InlineData("__Host-a=1; Secure; Path=/", "__Host-a=1")]
    [InlineData("__Host-a=1; Secure", "")]
    [InlineData("__Host-a=1; Path=/", "")]
    [InlineData("__Host-a=1; Secure; Path=/; Domain=id.example", "")]
    [InlineData("__Secure-a=1", "")]
    [InlineData("a=1; SameSite=None", "")]
    [InlineData("a=1; Path=/other", "")]
    [InlineData("a=1; Path=/cook", "")]
    [InlineData("a=1; Path=/cookies", "a=1")]
    [InlineData("a=1; Domain=example", "a=1")]
    [InlineData("a=1; Domain=other.example", "")]
    [InlineData("a=1; Max-Age=0", "")]
    public async Task A_cookie_is_kept_as_a_browser_would(string line, string sent)
    {
        using var browser = Open();

        await browser.GoAsync($"/set?line={Uri.EscapeDataString(line)}", Ct);
        var page = await browser.GoAsync("/cookies", Ct);

        Assert.Equal(sent, page.Content);
    }

    [Fact]
    public async Task A_secure_cookie_stays_on_https()
    {
        using var browser = Open();

        await browser.GoAsync("http://id.example/set?line=a%3D1%3B%20Secure", Ct);
        await browser.GoAsync("/set?line=b%3D1%3B%20Secure", Ct);
        browser.StopAt = _ => false;
        var plain = await browser.GoAsync("http://id.example/cookies", Ct);
        var secure = await browser.GoAsync("/cookies", Ct);

        Assert.Equal(("", "b=1"), (plain.Content, secure.Content));
        Assert.Single(browser.Cookies.Refused);
    }

    [Fact]
    public async Task A_cookie_ages_with_the_clock()
    {
        using var browser = Open();

        await browser.GoAsync("/set?line=a%3D1%3B%20Max-Age%3D60", Ct);
        clock.Advance(TimeSpan.FromSeconds(61));
        var page = await browser.GoAsync("/cookies", Ct);

        Assert.Equal("", page.Content);
    }

    private BrowserClient Open() => new(app.GetTestServer().CreateHandler(), Home, clock);
}
