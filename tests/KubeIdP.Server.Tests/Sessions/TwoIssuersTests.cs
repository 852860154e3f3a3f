using KubeIdP.Server.Branding;
using KubeIdP.Server.Factors.Totp;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Server.Tests.Sessions;

/// <summary>
/// Several issuers on one host name, which a browser does not tell apart by port, and by path only where a cookie says so.
/// </summary>
public sealed class TwoIssuersTests : IAsyncLifetime
{
    private static readonly string[] Addresses =
        ["https://idp.example.test", "https://idp.example.test:8443", "https://idp.example.test:8444", "https://idp.example.test/a",
            "https://idp.example.test/b", "https://idp.example.test:8443/a"];

    private readonly FakeClock clock = new();
    private readonly string folder = Scratch.NewFolder("kubeidp-issuers-");
    private readonly List<InMemoryIssuer> issuers = [];
    private readonly List<TestDatabase> databases = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var address in Addresses)
        {
            var database = await TestDatabase.SqliteAsync(clock, Ct);
            databases.Add(database);
            issuers.Add(await InMemoryIssuer.StartAsync(
                database, Directory.CreateDirectory(Path.Combine(folder, $"{issuers.Count}")).FullName, settings =>
                    settings with { Issuer = address, Brand = new BrandOptions { Name = "Acme: Login" } }, Ct));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var issuer in issuers) await issuer.DisposeAsync();
        foreach (var database in databases) await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Neither_breaks_the_forms_and_sessions_of_another_and_each_has_its_own_entry_in_an_authenticator()
    {
        using var handler = new ByAddress(issuers);
        using var browser = new BrowserClient(handler, new Uri("https://idp.example.test"), clock) { StopAt = _ => false };
        var accounts = new List<Account>();
        foreach (var issuer in issuers) accounts.Add(await issuer.AddAccountAsync("alice", Ct));

        // All forms are open before the first is sent.
        var pages = new List<Page>();
        foreach (var address in Addresses) pages.Add(await browser.GoAsync($"{address}/account", Ct));
        for (var i = 0; i < pages.Count; i++)
            pages[i] = await pages[i].Fill("Username", "alice").Fill("Password", accounts[i].Password).PressAsync("Sign in", Ct);
        for (var i = 0; i < pages.Count; i++)
            pages[i] = await pages[i].Fill("Enrolment code", accounts[i].EnrolmentCode).PressAsync("Continue", Ct);
        for (var i = 0; i < pages.Count; i++)
        {
            accounts[i].SetupKey = pages[i].ValueOf("Setup key");
            var url = new Uri(Addresses[i]);
            var label = new TotpLabel($"Acme Login ({url.Authority.Replace(':', ' ')}{url.AbsolutePath.TrimEnd('/')})");
            Assert.Contains(QrCode.Of(TotpCodes.ProvisioningUri(label, "alice", accounts[i].SetupKey!)).Path, pages[i].Content,
                StringComparison.Ordinal);
            pages[i] = await accounts[i].VerifyAsync(pages[i], Ct);
        }

        var signedOut = await (await browser.GoAsync($"{Addresses[0]}/logout", Ct)).PressAsync("Sign out", Ct);

        Assert.True(signedOut.Has("You are signed out"), signedOut.ToString());
        foreach (var address in Addresses)
        {
            var page = await browser.GoAsync($"{address}/account", Ct);
            Assert.True(page.HasField("Password") == (address == Addresses[0]), page.ToString());
        }

        Assert.Empty(browser.Cookies.Refused);
    }

    private sealed class ByAddress(IReadOnlyList<InMemoryIssuer> issuers) : HttpMessageHandler
    {
        private readonly List<(string Address, HttpMessageInvoker To)> ways =
            [.. issuers.Select(issuer => (issuer.Issuer.AbsoluteUri.TrimEnd('/') + "/", new HttpMessageInvoker(issuer.CreateHandler())))
                .OrderByDescending(way => way.Item1.Length)];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            ways.First(way => request.RequestUri!.AbsoluteUri.StartsWith(way.Address, StringComparison.Ordinal)).To.SendAsync(request,
                cancellationToken);
    }
}
