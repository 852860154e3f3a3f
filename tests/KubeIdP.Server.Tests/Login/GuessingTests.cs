using System.Diagnostics;
using System.Net;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Throttling;
using KubeIdP.Testing.Browsers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

public abstract class GuessingTests(ClassIssuer shared, bool postgres) : IssuerTests(shared, postgres)
{
    private const string Wrong = "not the password";

    private ThrottleKeys Keys => Issuer.Services.GetRequiredService<ThrottleKeys>();

    [Fact]
    public async Task Failures_elsewhere_and_a_delay_here_dont_keep_a_person_from_their_known_browser()
    {
        await ForgetSessionAsync();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(guesser => GuessAsync("alice", 2, $"203.0.113.{guesser % 5}")));
        await DelayAsync("alice", address: null);
        using var stranger = Issuer.CreateBrowser();
        var refused = await TypePasswordAsync(stranger, Alice);
        var known = await TypePasswordAsync(AliceBrowser, Alice);

        // From her own address, in a browser that is not known, even the right password waits: there somebody has been guessing.
        Assert.True(refused.Has("Sign-in failed."), refused.ToString());
        Assert.True(known.HasField("Authentication code"), known.ToString());
        AssertNotLogged(Alice.Password, Wrong);
    }

    [Fact]
    public async Task At_her_own_address_nobody_waits_for_guesses_made_elsewhere()
    {
        await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => GuessAsync("alice", 2, "203.0.113.1")));

        using var home = Issuer.CreateBrowser("192.0.2.7");
        var page = await TypePasswordAsync(home, Alice);

        Assert.True(page.HasField("Authentication code"), page.ToString());
    }

    [Fact]
    public async Task A_stolen_cookie_is_no_free_pass()
    {
        await ForgetSessionAsync();
        var page = await AliceBrowser.GoAsync("/account", Ct);
        for (var i = 0; i < ThrottleLimits.FreePerAccount + 4; i++)
            page = await page.Fill("Username", "alice").Fill("Password", Wrong).PressAsync("Sign in", Ct);

        Assert.Contains(await AuditAsync(AuditEventType.LoginRefused), row => row.Detail!.StartsWith("Delayed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_browser_is_known_for_the_person_who_signed_in_with_it_and_no_other()
    {
        var bob = await Issuer.AddAccountAsync("bob", Ct);
        await ForgetSessionAsync();
        await DelayAsync("bob", address: null);

        var page = await TypePasswordAsync(AliceBrowser, bob);

        Assert.True(page.Has("Sign-in failed."), page.ToString());
    }

    [Fact]
    public async Task After_half_a_year_a_browser_is_unknown_whatever_cookie_it_has()
    {
        await ForgetSessionAsync();
        const string cookie = "__Host-kubeidp-known";
        var kept = AliceBrowser.Cookies[cookie];
        Issuer.Clock.Advance(KnownBrowsers.Lifetime);
        AliceBrowser.Cookies.Set(Issuer.Issuer, $"{cookie}={kept}; Secure; HttpOnly; Path=/");
        await DelayAsync("alice", address: null);

        var page = await TypePasswordAsync(AliceBrowser, Alice);

        Assert.True(page.Has("Sign-in failed."), page.ToString());
    }

    [Fact]
    public async Task A_changed_password_makes_every_browser_unknown()
    {
        await ForgetSessionAsync();
        await DelayAsync("alice", address: null);
        await using var db = Database.CreateContext();
        await db.People.ExecuteUpdateAsync(set => set.SetProperty(person => person.SecurityStamp, "another"), Ct);

        var page = await TypePasswordAsync(AliceBrowser, Alice);

        Assert.True(page.Has("Sign-in failed."), page.ToString());
    }

    [Fact]
    public async Task An_administrator_can_reset_the_counters_of_wrong_passwords_from_all_addresses()
    {
        await DelayAsync("alice", "203.0.113.1");
        await DelayAsync("alice", "203.0.113.2");

        await Issuer.Services.GetRequiredService<ThrottleReset>()
            .ForgetAsync(new PersonId(await AliceIdAsync()), new NewAuditEvent(AuditEventType.LoginUnlocked) { Actor = "cli" }, Ct);

        foreach (var address in (string[])["203.0.113.1", "203.0.113.2"])
        {
            using var browser = Issuer.CreateBrowser(address);
            Assert.True((await TypePasswordAsync(browser, Alice)).HasField("Authentication code"));
        }

        Assert.Single(await AuditAsync(AuditEventType.LoginUnlocked));
    }

    [Fact]
    public async Task After_an_unlock_guesses_are_counted_afresh()
    {
        await DelayAsync("alice", "203.0.113.1");
        await Issuer.Services.GetRequiredService<ThrottleReset>()
            .ForgetAsync(new PersonId(await AliceIdAsync()), new NewAuditEvent(AuditEventType.LoginUnlocked), Ct);

        await GuessAsync("alice", ThrottleLimits.FreePerAccount, "203.0.113.1");

        var account = (await KeyAsync("alice", "203.0.113.1")).Account;
        await using var db = Database.CreateContext();
        Assert.Equal(ThrottleLimits.FreePerAccount,
            (await db.FailureCounters.AsNoTracking().SingleAsync(counter => counter.Bucket == account, Ct)).Failures);
    }

    [Fact]
    public async Task An_address_that_tries_one_password_on_everybody_is_slowed_down_and_others_are_not()
    {
        for (var i = 0; i < 4; i++)
            await Task.WhenAll(Enumerable.Range(0, 10).Select(n => GuessAsync($"user{i}{n}", 1, "203.0.113.66")));

        using var sprayer = Issuer.CreateBrowser("203.0.113.66");
        var slowed = await TypePasswordAsync(sprayer, Alice);
        using var home = Issuer.CreateBrowser("192.0.2.7");
        var page = await TypePasswordAsync(home, Alice);

        Assert.True(slowed.Has("Sign-in failed."), slowed.ToString());
        Assert.True(page.HasField("Authentication code"), page.ToString());
        Assert.Equal("203.0.113.66", Assert.Single(await AuditAsync(AuditEventType.LoginSpraying)).Address);
        Assert.Single(Issuer.Log.Lines, line => line.Contains("this looks like password spraying", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_spray_an_hour_later_is_written_again_and_one_before_is_not()
    {
        for (var i = 0; i < 4; i++)
        {
            // The first one alone: of all that have waited for the same delay one passes, and its success resets the counter.
            await GuessAsync("user0", 1, "203.0.113.66");
            await Task.WhenAll(Enumerable.Range(1, 21).Select(n => GuessAsync($"user{n}", 1, "203.0.113.66")));
            Issuer.Clock.Advance(TimeSpan.FromMinutes(25));
        }

        Assert.Equal(2, (await AuditAsync(AuditEventType.LoginSpraying)).Count);
    }

    [Fact]
    public async Task Beyond_the_free_tries_of_an_address_one_try_passes_after_each_delay()
    {
        await RaiseAsync((await KeyAsync("nobody", "203.0.113.66")).Address, ThrottleLimits.FreePerAddress);
        Issuer.Clock.Advance(TimeSpan.FromSeconds(2));
        var before = (await AuditAsync(AuditEventType.LoginRefused)).Count;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => GuessAsync($"user{n}", 1, "203.0.113.66")));

        Assert.Single((await AuditAsync(AuditEventType.LoginRefused)).Skip(before),
            row => row.Detail!.StartsWith("Unknown", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_refusal_takes_the_same_beat()
    {
        await using (var db = Database.CreateContext())
        {
            await Issuer.AddAccountAsync("carol", Ct);
            await db.People.Where(person => person.UserName == "carol")
                .ExecuteUpdateAsync(set => set.SetProperty(person => person.DisabledAt, Issuer.Clock.GetUtcNow()), Ct);
        }

        await DelayAsync("delayed", address: null);
        foreach (var name in (string[])["nobody-of-this-name", "alice", "carol", "delayed", "*)(uid=*"])
        {
            using var browser = Issuer.CreateBrowser();
            var page = await browser.GoAsync("/account", Ct);
            var watch = Stopwatch.StartNew();
            page = await page.Fill("Username", name).Fill("Password", name == "carol" ? Alice.Password : Wrong).PressAsync("Sign in", Ct);

            Assert.True(page.Has("Sign-in failed."), page.ToString());

            // A timer may fire some milliseconds early.
            Assert.True(watch.Elapsed >= RefusalDelay.Interval - TimeSpan.FromMilliseconds(25), $"{name}: {watch.Elapsed}");
        }
    }

    [Fact]
    public async Task Every_refusal_looks_the_same()
    {
        await Issuer.AddAccountAsync("carol", Ct);
        await using (var db = Database.CreateContext())
            await db.People.Where(person => person.UserName == "carol")
                .ExecuteUpdateAsync(set => set.SetProperty(person => person.DisabledAt, Issuer.Clock.GetUtcNow()), Ct);
        await DelayAsync("delayed", address: null);

        var answers = new List<string>();
        foreach (var name in (string[])["nobody", "alice", "carol", "delayed", "*)(uid=*"])
        {
            using var browser = Issuer.CreateBrowser();
            var page = await browser.GoAsync("/account", Ct);
            page = await page.Fill("Username", name).Fill("Password", name == "carol" ? Alice.Password : Wrong).PressAsync("Sign in", Ct);
            answers.Add(ShapeOf(page));
        }

        Assert.Single(answers.Distinct());
    }

    /// <summary>All of an answer that does not differ from browser to browser, without the name that was typed.</summary>
    private static string ShapeOf(Page page)
    {
        foreach (var field in page.Document.QuerySelectorAll("input")) field.RemoveAttribute("value");
        foreach (var form in page.Document.QuerySelectorAll("form")) form.RemoveAttribute("action");
        var headers = page.Response.Headers.Concat(page.Response.Content.Headers)
            .Where(header => header.Key is not ("Set-Cookie" or "Content-Length"));
        var shown = string.Join('\n', headers.Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order());
        return $"{page.Status}\n{shown}\n{page.Document.DocumentElement.OuterHtml}";
    }

    /// <summary>Keeps the browser's memory of her and drops its session.</summary>
    private async Task ForgetSessionAsync()
    {
        var page = await AliceBrowser.GoAsync("/logout", Ct);
        await page.PressAsync("Sign out", Ct);
    }

    /// <summary>As after many guesses: the next one waits for five minutes, however slow this machine is.</summary>
    private async Task DelayAsync(string username, string? address) =>
        await RaiseAsync((await KeyAsync(username, address)).Account, ThrottleLimits.FreePerAccount + 20);

    private async Task RaiseAsync(int bucket, int failures)
    {
        var now = Issuer.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = Database.CreateContext();
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO failure_counters (bucket, failures, last_at) VALUES ({bucket}, {failures}, {now})
            ON CONFLICT (bucket) DO UPDATE SET failures = {failures}, last_at = {now}
            """, Ct);
    }

    private async Task<ThrottleKey> KeyAsync(string username, string? address)
    {
        await using var db = Database.CreateContext();
        var person = await db.People.AsNoTracking().SingleOrDefaultAsync(one => one.UserName == username, Ct);
        return Keys.For(new TriedAccount(ConnectorId.Local, person?.UpstreamId, username),
            address is null ? null : IPAddress.Parse(address));
    }

    private async Task<string> AliceIdAsync()
    {
        await using var db = Database.CreateContext();
        return (await db.People.AsNoTracking().SingleAsync(person => person.UserName == "alice", Ct)).Id;
    }

    private async Task GuessAsync(string username, int times, string? address)
    {
        using var browser = Issuer.CreateBrowser(address);
        var page = await browser.GoAsync("/account", Ct);
        for (var i = 0; i < times; i++)
        {
            page = await page.Fill("Username", username).Fill("Password", Wrong).PressAsync("Sign in", Ct);
            Assert.True(page.Has("Sign-in failed."), page.ToString());
        }
    }
}

public sealed class GuessingTestsOnSqlite(ClassIssuer shared) : GuessingTests(shared, postgres: false);

public sealed class GuessingTestsOnPostgres(ClassIssuer shared) : GuessingTests(shared, postgres: true);
