using KubeIdP.Server.Clients;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>
/// The last step of a login in a real browser, which holds the page before it to its policy: to whatever address the client has, in
/// whatever way it is answered.
/// </summary>
public sealed class CallbackPagesTests(Chromium chromium, CallbackPagesTests.Server server) : IClassFixture<CallbackPagesTests.Server>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_code_is_posted_by_itself_or_by_a_button_where_no_script_runs(bool scripts)
    {
        var account = await server.Issuer.AddAccountAsync(scripts ? "alice" : "bob", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true, new() { JavaScriptEnabled = scripts });
        var page = await context.NewPageAsync();
        var complaints = Complaints.Of(page);
        using var program = new LoopbackListener();

        await page.GotoAsync(server.Issuer.CreateClient("prod", program.Address).AuthorizeUrl(("response_mode", "form_post")));
        await page.SignInFirstAsync(account, Ct);
        if (!scripts)
        {
            await page.GetByRole(AriaRole.Heading, new() { Name = "Back to prod" }).WaitForAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        }

        var arrived = await program.ArrivedAsync(Ct);
        await page.GetByRole(AriaRole.Heading, new() { Name = LoopbackListener.Heading }).WaitForAsync();
        Assert.Contains("code=", arrived.Query, StringComparison.Ordinal);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task No_policy_keeps_a_code_from_an_address_that_is_configured()
    {
        var account = await server.Issuer.AddAccountAsync("carol", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        using var program = new LoopbackListener();
        await page.GotoAsync(server.Issuer.CreateClient("prod", program.Address).AuthorizeUrl());
        await page.SignInFirstAsync(account, Ct);
        await program.ArrivedAsync(Ct);
        await page.GetByRole(AriaRole.Heading, new() { Name = LoopbackListener.Heading }).WaitForAsync();

        foreach (var address in server.Addresses)
        {
            foreach (var mode in (string[])["query", "form_post"])
            {
                // Nobody listens there: that the browser tried is what is looked for.
                var tab = await context.NewPageAsync();
                var complaints = Complaints.Of(tab);
                var tried = tab.FailureAsync(address);
                await tab.GotoAsync(server.Issuer.CreateClient("app", address).AuthorizeUrl(("response_mode", mode)));
                await tab.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
                Assert.Equal((address, mode, "net::ERR_CONNECTION_REFUSED"),
                    (address, mode, await tried.WaitAsync(TimeSpan.FromSeconds(20), Ct)));
                Assert.DoesNotContain(complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
                await tab.CloseAsync();
            }
        }
    }

    public sealed class Server : IAsyncLifetime
    {
        private readonly int port = Ports.Free();

        public Server()
        {
            Addresses = [$"http://[::1]:{port}/cb", $"https://my_app.localhost:{port}/cb", $"https://APP.localhost:{port}/cb;a,b",
                $"https://app.localhost.:{port}/cb"];
            Issuer = new IssuerProcess($$"""
                issuer: https://localhost:{{Ports.Free()}}
                clusters: { prod: }
                clients:
                  app: { kind: web, consent: true, secretHash: "{{ClientSecret.Create().Hash}}",
                    redirectUris: ["{{string.Join("\", \"", Addresses)}}"] }
                """);
        }

        /// <summary>Of forms that no policy can name in full.</summary>
        public IReadOnlyList<string> Addresses { get; }

        public IssuerProcess Issuer { get; }

        public async ValueTask InitializeAsync() => await Issuer.StartAsync(TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => Issuer.DisposeAsync();
    }
}

file static class Failures
{
    /// <summary>Why the first request to this address failed.</summary>
    public static Task<string?> FailureAsync(this IPage page, string address)
    {
        var failed = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        page.RequestFailed += (_, request) =>
        {
            if (new Uri(request.Url).Port == new Uri(address).Port) failed.TrySetResult(request.Failure);
        };
        return failed.Task;
    }
}
