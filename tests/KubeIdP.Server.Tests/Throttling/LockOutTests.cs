using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Issuers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Throttling;

/// <summary>A directory that locks an account after five wrong passwords: how many reach it, from every browser and address.</summary>
public abstract class LockOutTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp), IDisposable
{
    private static readonly LockOut FiveInHalfAnHour = new(5, TimeSpan.FromMinutes(30));

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        (Corp.LockOut, Corp.Always) = (null, null);
    }

    [Fact]
    public async Task Guesses_at_once_from_many_addresses_on_two_replicas_end_before_the_lock_and_a_known_browser_has_a_try_left()
    {
        var alice = await LogInFromCorpAsync();
        using var home = Issuer.CreateBrowser("192.0.2.7");
        Later(61);
        await KnowAsync(home, alice);
        var other = await Running.StartAnotherAsync(Ct);
        Corp.LockOut = FiveInHalfAnHour;
        var before = Tries(alice);

        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => GuessAsync(i % 2 == 0 ? Issuer : other, alice, $"203.0.113.{i}")));
        var guessed = Tries(alice);
        await TypeAsync(home, alice, "a slip");
        var slipped = Tries(alice);
        await TypeAsync(home, alice, "another slip");

        Assert.Equal((3, 4, 4), (guessed - before, slipped - before, Tries(alice) - before));
    }

    [Fact]
    public async Task After_the_directorys_window_or_the_right_password_guesses_count_afresh()
    {
        var alice = await LogInFromCorpAsync();
        using var home = Issuer.CreateBrowser("192.0.2.7");
        Later(61);
        await KnowAsync(home, alice);
        Corp.LockOut = FiveInHalfAnHour;
        var before = Tries(alice);

        for (var i = 0; i < 4; i++) await GuessAsync(Issuer, alice, $"203.0.113.{i}");
        Clock.Advance(TimeSpan.FromMinutes(29));
        await GuessAsync(Issuer, alice, "203.0.113.9");
        var inWindow = Tries(alice) - before;
        Clock.Advance(TimeSpan.FromMinutes(5));
        for (var i = 0; i < 4; i++) await GuessAsync(Issuer, alice, $"203.0.113.{i}");
        var afterWindow = Tries(alice) - before;
        var right = await TypeAsync(home, alice, Password);
        for (var i = 0; i < 4; i++) await GuessAsync(Issuer, alice, $"203.0.113.{i}");

        Assert.Equal((3, 6), (inWindow, afterWindow));
        Assert.True(right.HasField("Authentication code"), right.ToString());
        Assert.Equal(6 + 1 + 3, Tries(alice) - before);
    }

    [Fact]
    public async Task A_directory_that_does_not_answer_is_nobodys_failure()
    {
        var alice = await LogInFromCorpAsync();
        Corp.LockOut = FiveInHalfAnHour;

        Corp.Always = new UpstreamAnswer.Unreachable("down");
        for (var i = 0; i < 8; i++)
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GuessAsync(Issuer, alice, "203.0.113.1")).Status);
        Corp.Always = null;
        using var browser = Issuer.CreateBrowser("203.0.113.1");
        var page = await TypeAsync(browser, alice, Password);

        Assert.True(page.HasField("Authentication code"), page.ToString());
    }

    // The directory may have counted what it did not answer.
    [Fact]
    public async Task A_password_that_was_sent_and_not_answered_counts_for_the_lock_alone()
    {
        var alice = await LogInFromCorpAsync();
        Corp.LockOut = FiveInHalfAnHour;
        var before = Tries(alice);

        Corp.Always = new UpstreamAnswer.Unreachable("no answer") { MayHaveArrived = true };
        for (var i = 0; i < 6; i++) await GuessAsync(Issuer, alice, "203.0.113.1");

        Assert.Equal(3, Tries(alice) - before);
    }

    [Fact]
    public async Task What_was_typed_wrong_at_the_directory_itself_counts_as_well()
    {
        var alice = await LogInFromCorpAsync();
        Corp.LockOut = FiveInHalfAnHour with { Failures = 3 };
        var before = Tries(alice);

        await GuessAsync(Issuer, alice, "203.0.113.1");

        Assert.Equal(0, Tries(alice) - before);
    }

    [Fact]
    public async Task Guesses_at_once_leave_room_for_what_was_typed_wrong_at_the_directory_itself()
    {
        var alice = await LogInFromCorpAsync();
        Corp.LockOut = FiveInHalfAnHour with { Failures = 2 };
        var before = Tries(alice);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => GuessAsync(Issuer, alice, $"203.0.113.{i}")));

        Assert.Equal(1, Tries(alice) - before);
    }

    [Fact]
    public async Task A_directory_that_never_resets_its_counter_and_shows_no_failures_accepts_tries_again()
    {
        var alice = await LogInFromCorpAsync();
        Corp.LockOut = new LockOut(5, null) { ShowsFailures = true };
        var before = Tries(alice);

        for (var i = 0; i < 5; i++) await GuessAsync(Issuer, alice, $"203.0.113.{i}");
        var guessed = Tries(alice) - before;
        Corp.LockOut = Corp.LockOut with { Failures = 3 };
        Clock.Advance(TimeSpan.FromMinutes(3));
        await GuessAsync(Issuer, alice, "203.0.113.9");
        var remembered = Tries(alice) - before;
        Corp.LockOut = Corp.LockOut with { Failures = 0 };
        using var browser = Issuer.CreateBrowser("203.0.113.10");
        var page = await TypeAsync(browser, alice, Password);

        Assert.Equal((3, 3), (guessed, remembered));
        Assert.True(page.HasField("Authentication code"), page.ToString());
    }

    [Fact]
    public async Task That_nobody_knows_when_it_locks_is_reported_once()
    {
        var alice = await LogInFromCorpAsync();
        Corp.LockOut = new LockOut(3, TimeSpan.FromMinutes(30)) { IsAssumed = true };

        for (var i = 0; i < 2; i++) await GuessAsync(Issuer, alice, $"203.0.113.{i}");

        await using var context = Database.CreateContext();
        var row = Assert.Single(await context.AuditEvents.AsNoTracking().Where(one => one.Type == AuditEventType.UpstreamLockOutUnknown)
            .ToListAsync(Ct));
        Assert.Contains("lockOut.maxFailures", row.Detail, StringComparison.Ordinal);
    }

    private int Tries(DirectoryPerson person) => Corp.Typed.Count(name => name == person.Account.Username);

    /// <summary>Signs in to the end and out again: the browser remembers.</summary>
    private async Task KnowAsync(BrowserClient browser, DirectoryPerson person)
    {
        await Kubectl.LogInAsync(browser, person.Account, Ct);
        await (await browser.GoAsync("/logout", Ct)).PressAsync("Sign out", Ct);
    }

    private static async Task<Page> GuessAsync(InMemoryIssuer issuer, DirectoryPerson person, string address)
    {
        using var browser = issuer.CreateBrowser(address);
        return await TypeAsync(browser, person, "a guess");
    }

    private static async Task<Page> TypeAsync(BrowserClient browser, DirectoryPerson person, string password) =>
        await (await browser.GoAsync("/account", Ct)).Fill("Username", person.Account.Username).Fill("Password", password)
            .PressAsync("Sign in", Ct);
}

public sealed class LockOutOnSqlite(CorpOnSqlite running) : LockOutTests(running, running.Corp), IClassFixture<CorpOnSqlite>;

public sealed class LockOutOnPostgres(CorpOnPostgres running) : LockOutTests(running, running.Corp), IClassFixture<CorpOnPostgres>;
