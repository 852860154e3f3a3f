using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Tests.Authorize;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>The largest logins behind a proxy that nobody has configured for them.</summary>
public sealed class BehindNginxTests(Chromium chromium, BehindNginxTests.Server server) : IClassFixture<BehindNginxTests.Server>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Five_logins_of_four_kilobytes_wait_in_one_browser_without_scripts_and_each_ends_at_its_program()
    {
        var account = await server.Issuer.AddAccountAsync("alice", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true, new() { JavaScriptEnabled = false });
        var programs = Enumerable.Range(0, 5).Select(_ => new LoopbackListener()).ToList();
        var tabs = new List<(IPage Page, LoopbackListener Program, string State)>();

        foreach (var program in programs)
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync(
                RequestSizeTests.RequestOfFourKilobytes(server.Issuer.CreateClient(redirectUri: program.Address), out var state));
            await page.GetByLabel("Username").FillAsync(account.Username);
            await page.GetByLabel("Password").FillAsync(account.Password);
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await page.GetByLabel("Enrolment code").WaitForAsync();
            tabs.Add((page, program, state));
        }

        var arrived = new List<Uri>();
        foreach (var (page, program, _) in tabs)
        {
            if (program == programs[0]) await EnrolAsync(page, account);
            else
            {
                await page.ReloadAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Continue", Exact = true }).ClickAsync();
            }

            arrived.Add(await program.ArrivedAsync(Ct));
        }

        Assert.Equal(tabs.Select(tab => tab.State), arrived.Select(url => QueryHelpers.ParseQuery(url.Query)["state"].ToString()));
        Assert.All(arrived, url => Assert.NotEmpty(QueryHelpers.ParseQuery(url.Query)["code"].ToString()));
        Assert.DoesNotContain("too big header", server.Proxy.ErrorLog, StringComparison.Ordinal);
        foreach (var program in programs) program.Dispose();
    }

    [Fact]
    public async Task Thirty_tabs_at_once_and_six_passwords_leave_every_page_in_reach()
    {
        var account = await server.Issuer.AddAccountAsync("bob", Ct);
        using var browser = new BrowserClient(server.Proxy.CreateHandler(), server.Issuer.Issuer);
        using var client = server.Issuer.CreateClient();

        var tabs = await browser.GoAtOnceAsync(
            [.. Enumerable.Range(0, 30).Select(number => RequestSizeTests.RequestOfFourKilobytes(client, out _))], Ct);
        var proven = new List<Page>();
        foreach (var tab in tabs.Take(6))
            proven.Add(await tab.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct));
        var end = await proven[5].Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        account.SetupKey = end.ValueOf("Setup key");
        end = await account.VerifyAsync(end, Ct);
        var logout = await browser.GoAsync("/logout", Ct);

        Assert.All(proven, page => Assert.True(page.HasField("Enrolment code"), page.ToString()));
        Assert.NotEmpty(end.RedirectParameters["code"]);
        Assert.Equal(HttpStatusCode.OK, logout.Status);
        Assert.True(logout.HasButton("Sign out"), logout.ToString());
        Assert.InRange(browser.Cookies.Cookies.Sum(cookie => cookie.Name.Length + cookie.Value.Length + 3), 1, 4_096);
    }

    [Fact]
    public async Task Tabs_of_a_laptop_that_wakes_up_all_take_a_password()
    {
        var account = await server.Issuer.AddAccountAsync("carol", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        using var program = new LoopbackListener();
        using var client = server.Issuer.CreateClient(redirectUri: program.Address);
        var tabs = new List<IPage>();
        for (var i = 0; i < 22; i++) tabs.Add(await context.NewPageAsync());

        await Task.WhenAll(tabs.Select((tab, number) => tab.GotoAsync(client.AuthorizeUrl(("state", $"state-{number}")))));
        var cookies = await context.CookiesAsync();
        foreach (var tab in new[] { tabs[0], tabs[21], tabs[7] })
        {
            await tab.GetByLabel("Username").FillAsync(account.Username);
            await tab.GetByLabel("Password").FillAsync(account.Password);
            await tab.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await tab.GetByLabel("Enrolment code").WaitForAsync();
        }

        await EnrolAsync(tabs[7], account);
        Assert.Equal("state-7", QueryHelpers.ParseQuery((await program.ArrivedAsync(Ct)).Query)["state"]);
        Assert.Single(cookies);
    }

    [Fact]
    public async Task A_browser_whose_cookies_nginx_just_takes_continues_its_login_and_drops_old_cookies_meanwhile()
    {
        var account = await server.Issuer.AddAccountAsync("dave", Ct);
        using var browser = new BrowserClient(server.Proxy.CreateHandler(), server.Issuer.Issuer);
        using var client = server.Issuer.CreateClient();
        var page = await browser.GoAsync(client.AuthorizeUrl(), Ct);
        for (var i = 0; i < 20; i++)
            browser.Cookies.Set(server.Issuer.Issuer, $"__Host-kubeidp-login-{i:x32}={new string('a', 310)}; Secure; HttpOnly; Path=/");

        page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);

        Assert.True(page.Has("Setup key"), page.ToString());
        Assert.InRange(browser.Cookies.Cookies.Sum(cookie => cookie.Name.Length + cookie.Value.Length + 3), 1, 7 * 1024);
    }

    // Of characters that are encoded each time, and of those that can't be compressed.
    [Theory]
    [InlineData("erin", true)]
    [InlineData("frank", false)]
    public async Task The_longest_link_to_which_a_login_returns_passes_it(string name, bool encoded)
    {
        const string beginning = "/kubeconfig?cluster=";
        const int length = SignInRedirect.MaxReturnLength;
        var rest = encoded ? new string('&', length) : Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(length));
        var path = (beginning + rest)[..length];
        var account = await server.Issuer.AddAccountAsync(name, Ct);
        using var browser = new BrowserClient(server.Proxy.CreateHandler(), server.Issuer.Issuer);

        var page = await account.SignInAsync(browser, new Uri(server.Issuer.Issuer, path), Ct);

        Assert.Equal((HttpStatusCode.NotFound, path), (page.Status, page.Url.PathAndQuery));
        Assert.True(page.Has("No cluster with this name is set up") || page.Has("The address must name the clusters"), page.ToString());
        Assert.DoesNotContain("too big header", server.Proxy.ErrorLog, StringComparison.Ordinal);
    }

    // As a neighbour, or a server before this one, may have left it. Not through nginx, which refuses so much by itself.
    [Fact]
    public async Task A_browser_with_fifty_kilobytes_of_cookies_works_again_with_the_next_page()
    {
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        await context.AddCookiesAsync(Enumerable.Range(0, 20).Select(number => new Microsoft.Playwright.Cookie
        {
            Name = $"__Host-kubeidp-login-{number:x32}", Value = new string('a', 2_700), Url = server.Issuer.Address.ToString(),
                Secure = true,
        }));
        var page = await context.NewPageAsync();

        var answer = await page.GotoAsync(new Uri(server.Issuer.Address, "/logout").ToString());

        Assert.Equal(200, answer!.Status);
        Assert.DoesNotContain(await context.CookiesAsync(),
            cookie => cookie.Name.StartsWith("__Host-kubeidp-login-", StringComparison.Ordinal));
    }

    private static async Task EnrolAsync(IPage page, Account account)
    {
        await page.GetByLabel("Enrolment code").FillAsync(account.EnrolmentCode);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        account.SetupKey = (await page.GetByLabel("Setup key", new() { Exact = true }).TextContentAsync())!.Trim();
        await page.GetByLabel("Authentication code").FillAsync(await account.NextCodeAsync(Ct));
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
    }

    public sealed class Server : IAsyncLifetime
    {
        private static readonly (int Proxy, int Server) Listening = (Ports.Free(), Ports.Free());

        public IssuerProcess Issuer { get; } =
            new($"issuer: https://localhost:{Listening.Proxy}\nlisten: [\"https://localhost:{Listening.Server}\"]\n");

        public Nginx Proxy { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Issuer.StartAsync(TestContext.Current.CancellationToken);
            Proxy = await Nginx.StartAsync(Listening.Proxy, Issuer.Address, TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            if (Proxy is not null) await Proxy.DisposeAsync();
            await Issuer.DisposeAsync();
        }
    }
}
