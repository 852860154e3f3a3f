using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.SelfService;

public abstract class OwnFactorTests(ClassIssuer shared, bool postgres) : IssuerTests(shared, postgres)
{
    [Fact]
    public async Task A_second_authenticator_proves_the_factor_as_well_as_the_first()
    {
        var tablet = await AddAsync("Tablet");
        Issuer.Clock.Advance(TimeSpan.FromMinutes(2));

        using var browser = Issuer.CreateBrowser();
        var page = await VisitAsync(browser, tablet, "/account");

        Assert.Equal("/account", page.Url.AbsolutePath);
        Assert.True(page.Has("Tablet") && page.Has("Authenticator app"), page.Text);
        Assert.Equal(2, (await AuditAsync(AuditEventType.FactorEnrolled)).Count);
        AssertNotLogged(tablet.SetupKey!);
    }

    [Fact]
    public async Task The_code_that_confirmed_an_authenticator_signs_nobody_in()
    {
        var page = await VisitAsync(AliceBrowser, Alice, "/account/add-authenticator");
        var tablet = new Account("alice", Alice.Password, "", Issuer.Clock) { SetupKey = page.ValueOf("Setup key") };
        var code = tablet.CodeOf(tablet.StepNow + 1);
        await page.Fill("Authentication code", code).PressAsync("Verify", Ct);

        using var browser = Issuer.CreateBrowser();
        var answer = await (await TypePasswordAsync(browser, Alice)).Fill("Authentication code", code).PressAsync("Verify", Ct);

        Assert.True(answer.Has("This code was not accepted."), answer.ToString());
    }

    [Fact]
    public async Task A_wrong_code_shows_the_same_secret_again()
    {
        var page = await VisitAsync(AliceBrowser, Alice, "/account/add-authenticator");
        var secret = page.ValueOf("Setup key");

        page = await page.Fill("Authentication code", "000000").PressAsync("Verify", Ct);

        Assert.True(page.Has("This code was not accepted, or the name is missing."), page.ToString());
        Assert.Equal(secret, page.ValueOf("Setup key"));
    }

    [Fact]
    public async Task One_form_adds_one_authenticator()
    {
        var page = await VisitAsync(AliceBrowser, Alice, "/account/add-authenticator");
        var tablet = new Account("alice", Alice.Password, "", Issuer.Clock) { SetupKey = page.ValueOf("Setup key") };
        page.Fill("Authentication code", tablet.CodeOf(tablet.StepNow));

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => page.PressAsync("Verify", Ct)));

        Assert.All(answers, answer => Assert.Equal("/account", answer.Url.AbsolutePath));
        await using var db = Database.CreateContext();
        Assert.Equal(2, await db.Factors.CountAsync(Ct));
    }

    [Fact]
    public async Task Anothers_offer_is_not_taken()
    {
        var bob = await Issuer.AddAccountAsync("bob", Ct);
        using var bobsBrowser = Issuer.CreateBrowser();
        var bobs = await VisitAsync(bobsBrowser, bob, "/account/add-authenticator");
        var offer = bobs.Document.QuerySelector("input[name=Offer]")!.GetAttribute("value")!;
        var app = new Account("alice", Alice.Password, "", Issuer.Clock) { SetupKey = bobs.ValueOf("Setup key") };

        var page = await VisitAsync(AliceBrowser, Alice, "/account/add-authenticator");
        page.Document.QuerySelector("input[name=Offer]")!.SetAttribute("value", offer);
        var answer = await page.Fill("Authentication code", app.CodeOf(app.StepNow)).PressAsync("Verify", Ct);

        Assert.NotEqual(app.SetupKey, answer.ValueOf("Setup key"));
        Assert.Equal("?kind=totp", answer.Url.Query);
        Assert.DoesNotContain("Tablet", (await AliceBrowser.GoAsync("/account", Ct)).Text);
    }

    [Fact]
    public async Task The_last_authenticator_stays()
    {
        await using var db = Database.CreateContext();
        var id = (await db.Factors.SingleAsync(Ct)).Id;
        var only = await VisitAsync(AliceBrowser, Alice, $"/account/authenticators/{id}");
        await AddAsync("Tablet");
        var first = await VisitAsync(AliceBrowser, Alice, $"/account/authenticators/{id}");
        var second = await VisitAsync(AliceBrowser, Alice,
            $"/account/authenticators/{await db.Factors.Where(factor => factor.Id != id).Select(factor => factor.Id).SingleAsync(Ct)}");

        var answers = await Task.WhenAll(first.PressAsync("Remove this second factor", Ct),
            second.PressAsync("Remove this second factor", Ct));

        Assert.False(only.HasButton("Remove this second factor"), only.Text);
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Conflict);
        Assert.Equal(1, await db.Factors.CountAsync(Ct));
        Assert.Single(await AuditAsync(AuditEventType.FactorRemoved));
    }

    [Fact]
    public async Task A_removed_authenticator_no_longer_proves_anything()
    {
        await using var db = Database.CreateContext();
        var id = (await db.Factors.SingleAsync(Ct)).Id;
        await AddAsync("Tablet");
        await (await VisitAsync(AliceBrowser, Alice, $"/account/authenticators/{id}")).PressAsync("Remove this second factor", Ct);
        Issuer.Clock.Advance(TimeSpan.FromMinutes(2));

        using var browser = Issuer.CreateBrowser();
        var page = await VisitAsync(browser, Alice, "/account");

        Assert.True(page.Has("This code was not accepted."), page.ToString());
    }

    [Fact]
    public async Task An_authenticator_can_be_renamed()
    {
        var page = await (await VisitAsync(AliceBrowser, Alice, "/account")).FollowAsync("Change Authenticator app", Ct);

        page = await page.Fill("Name", "<b>Phone</b>").PressAsync("Rename", Ct);

        Assert.True(page.Has("<b>Phone</b>"), page.Text);
        Assert.Single(await AuditAsync(AuditEventType.FactorRenamed));
    }

    [Fact]
    public async Task Anothers_authenticator_is_not_there()
    {
        await using var db = Database.CreateContext();
        var id = (await db.Factors.SingleAsync(Ct)).Id;
        var bob = await Issuer.AddAccountAsync("bob", Ct);
        using var browser = Issuer.CreateBrowser();

        var page = await VisitAsync(browser, bob, $"/account/authenticators/{id}");

        Assert.Equal(HttpStatusCode.NotFound, page.Status);
    }

    [Fact]
    public async Task A_change_of_factors_voids_half_finished_logins()
    {
        using var other = Issuer.CreateBrowser();
        var halfway = await TypePasswordAsync(other, Alice);
        await AddAsync("Tablet");

        var answer = await halfway.Fill("Authentication code", await Alice.NextCodeAsync(Ct)).PressAsync("Verify", Ct);

        Assert.True(answer.HasField("Password"), answer.ToString());
    }

    [Theory]
    [InlineData("/account/add-authenticator")]
    [InlineData("/account/recovery-codes")]
    public async Task In_a_stale_session_a_factor_must_be_proven_again(string path)
    {
        Issuer.Clock.Advance(TimeSpan.FromMinutes(16));

        var asked = await AliceBrowser.GoAsync(path, Ct);
        var looked = await AliceBrowser.GoAsync("/account", Ct);

        Assert.True(asked.HasField("Authentication code") && !asked.HasField("Password"), asked.ToString());
        Assert.True(looked.Has("Your account"), looked.ToString());
    }

    private async Task<Account> AddAsync(string name)
    {
        var page = await VisitAsync(AliceBrowser, Alice, "/account/add-authenticator");
        var app = new Account("alice", Alice.Password, "", Issuer.Clock) { SetupKey = page.ValueOf("Setup key") };
        page = await page.Fill("Name", name).Fill("Authentication code", await app.NextCodeAsync(Ct)).PressAsync("Verify", Ct);
        Assert.True(page.Has(name), page.ToString());
        return app;
    }
}

public sealed class OwnFactorTestsOnSqlite(ClassIssuer shared) : OwnFactorTests(shared, postgres: false);

public sealed class OwnFactorTestsOnPostgres(ClassIssuer shared) : OwnFactorTests(shared, postgres: true);
