using System.Net;
using KubeIdP.Server.Diagnostics;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

/// <summary>The login page where one upstream takes a password and another signs people in on a page of its own.</summary>
public sealed class RedirectChoiceTests : IAsyncLifetime
{
    private const string Choice = "Your account is in";
    private const string Password = "of the directory";

    private readonly TemporaryFolder folder = new();
    private readonly ScriptedConnector corp = new();
    private TestDatabase database = null!;
    private InMemoryIssuer issuer = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        issuer = await InMemoryIssuer.StartAsync(
            database, folder.Path, null, Ct, directories: [new ScriptedRedirectConnector("partner"), corp]);
    }

    public async ValueTask DisposeAsync()
    {
        await issuer.DisposeAsync();
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Its_own_page_is_offered_beside_the_form()
    {
        using var browser = issuer.CreateBrowser();

        var page = await browser.GoAsync("/account", Ct);

        Assert.Equal(["corp", "local"], page.Document.QuerySelectorAll("select option").Select(option => option.GetAttribute("value")));
        var link = Assert.Single(page.Document.QuerySelectorAll("main a"), link => link.TextContent == "Sign in with partner");
        Assert.StartsWith("/upstream/partner?login=", link.GetAttribute("href"), StringComparison.Ordinal);
    }

    // Nobody can be looked up there, which is no reason to look for them elsewhere.
    [Fact]
    public async Task A_person_of_a_redirecting_upstream_is_not_looked_for_at_other_upstreams()
    {
        corp.Add("alice", Password);
        await using var scope = issuer.Services.CreateAsyncScope();

        var preview = await scope.ServiceProvider.GetRequiredService<LoginPreview>().RunAsync("alice", "partner", Ct);

        Assert.Equal("partner", Assert.IsType<LoginPreviewResult.NotSeen>(preview).Upstream.Value);
    }

    [Fact]
    public async Task A_password_is_never_taken_for_it()
    {
        corp.Add("alice", Password);
        using var browser = issuer.CreateBrowser();
        var page = await browser.GoAsync("/account", Ct);
        page.Document.QuerySelector("select option[value=local]")!.SetAttribute("value", "partner");

        var refused = await page
            .Fill(Choice, "Local accounts").Fill("Username", "alice").Fill("Password", "wrong").PressAsync("Sign in", Ct);

        Assert.Equal((HttpStatusCode.OK, "corp"), (refused.Status, refused.ValueOf(Choice)));
        Assert.Equal(["alice"], corp.Typed);
    }
}
