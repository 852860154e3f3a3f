using System.Diagnostics;
using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Upstreams;
using KubeIdP.Testing.Browsers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Upstreams;

/// <summary>Who signs in from where, and who becomes whom.</summary>
public abstract class DirectoryLoginTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    private const string Choice = "Your account is in";

    [Fact]
    public async Task A_name_with_its_domain_is_the_same_person_however_it_is_written()
    {
        var alice = await LogInFromCorpAsync();

        var subjects = new List<string>();
        foreach (var typed in new[] { alice.Account.Username, $"{alice.Account.Username}@corp.example", $@"CORP\{alice.Account.Username}" })
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            var account = new Testing.Protocol.Account(typed, Password, "", Clock) { SetupKey = alice.Account.SetupKey,
                Directory = "corp" };
            subjects.Add(Subject(await Kubectl.LogInAsync(Issuer.CreateBrowser(), account, Ct)));
        }

        Assert.Equal([Subject(alice.Tokens)], subjects.Distinct());
        Assert.Contains($@"CORP\{alice.Account.Username}", Corp.Typed);
    }

    [Fact]
    public async Task The_choice_of_a_directory_is_remembered_by_the_browser_and_a_domain_goes_before_it()
    {
        var local = await AddAccountAsync("platform");
        Corp.Add($"corp-{local.Username}", Password);
        using var browser = Issuer.CreateBrowser();

        var first = await browser.GoAsync("/account", Ct);
        var chosen = first.ValueOf(Choice);
        var refused = await first.Fill(Choice, "Local accounts").Fill("Username", $"corp-{local.Username}@corp.example")
            .Fill("Password", "wrong").PressAsync("Sign in", Ct);
        var chosenByDomain = refused.ValueOf(Choice);
        var proven = await refused.Fill(Choice, "Local accounts").Fill("Username", local.Username).Fill("Password", local.Password)
            .PressAsync("Sign in", Ct);

        Assert.Equal("corp", chosen);
        Assert.Contains($"corp-{local.Username}@corp.example", Corp.Typed);
        Assert.Equal("corp", chosenByDomain);
        Assert.True(proven.HasField("Enrolment code"), proven.ToString());
        Assert.DoesNotContain(local.Username, Corp.Typed);
        using var later = Issuer.CreateClient();
        Assert.Equal("local", (await browser.GoAsync(new Uri(later.AuthorizeUrl()), Ct)).ValueOf(Choice));
    }

    [Fact]
    public async Task Somebody_who_is_renamed_stays_the_same_subject_and_their_old_name_is_kept_from_others()
    {
        var alice = await LogInFromCorpAsync();
        Corp.Change(alice.UpstreamId, person => person with { Username = $"{person.Username}-new" });

        Later(61);
        var refreshed = (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Succeeded();
        Corp.Add(alice.Account.Username, "another's password");
        var namesake = await TypeAsync(alice.Account.Username, "another's password");
        await using var context = Database.CreateContext();
        var audited = await context.AuditEvents.AsNoTracking().OrderBy(row => row.Id)
            .LastAsync(row => row.Type == AuditEventType.LoginRefused, Ct);

        Assert.Equal((Subject(alice.Tokens), $"{alice.Account.Username}-new"),
            (Subject(refreshed), refreshed.Claims.GetProperty("preferred_username").GetString()));
        Assert.Equal(HttpStatusCode.Forbidden, namesake.Status);
        Assert.True(namesake.Has("already taken"), namesake.ToString());
        Assert.StartsWith("corp: NameTaken, reserved until", audited.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_a_local_account_has_is_refused_and_never_linked()
    {
        var local = await AddAccountAsync("platform");
        Corp.Add(local.Username, Password);

        var page = await TypeAsync($"{local.Username}@corp.example", Password);

        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        await using var context = Database.CreateContext();
        Assert.Equal("local", (await context.People.AsNoTracking().SingleAsync(person => person.UserName == local.Username, Ct)).Connector);
    }

    [Fact]
    public async Task Two_first_logins_at_once_make_one_person()
    {
        var upstreamId = Corp.Add("newcomer", Password);
        var identity = ((UpstreamAnswer.Known)await Corp.LookUpAsync(upstreamId, Ct)).Identity;

        var linked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using var scope = Issuer.Services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<SubjectLinker>().LinkAsync(identity, Actor.CommandLine, Ct);
        }, Ct)));

        Assert.Single(linked.Select(one => Assert.IsType<LinkedPerson.Linked>(one).Person.Id).Distinct());
    }

    [Theory]
    [InlineData(Refusal.PasswordExpired, "Your password needs to be changed")]
    [InlineData(Refusal.MustChangePassword, "Your password needs to be changed")]
    [InlineData(Refusal.Expired, "Your account has expired")]
    [InlineData(Refusal.NotAllowed, "Your account can’t be used here")]
    public async Task With_the_right_password_the_page_says_why_the_login_is_refused(Refusal reason, string title)
    {
        Corp.Set(Corp.Add($"barred-{reason}", Password), new UpstreamAnswer.Refused(reason) { IdentityProven = true });

        var right = await TypeAsync($"barred-{reason}", Password);
        var wrong = await TypeAsync($"barred-{reason}", "a guess");

        Assert.Equal(HttpStatusCode.Forbidden, right.Status);
        Assert.True(right.Has(title), right.ToString());
        Assert.True(wrong.Has("Sign-in failed."), wrong.ToString());
    }

    [Fact]
    public async Task An_unreachable_directory_is_nobodys_failure()
    {
        Corp.Always = new UpstreamAnswer.Unreachable("down");

        var page = await TypeAsync("anybody@corp.example", Password);
        Corp.Always = null;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
    }

    // Only the password of somebody takes the way to the directory once more.
    [Fact]
    public async Task Where_a_directory_takes_its_time_a_name_that_nobody_has_is_refused_no_sooner()
    {
        Corp.Add("slow", Password);
        Corp.PauseOfPassword = ct => Task.Delay(TimeSpan.FromMilliseconds(700), ct);
        var known = await TypeAsync("slow@corp.example", "a guess");
        Corp.PauseOfPassword = _ => Task.CompletedTask;

        using var browser = Issuer.CreateBrowser("198.51.100.9");
        var form = (await browser.GoAsync("/account", Ct)).Fill("Username", "nobody-there@corp.example").Fill("Password", "a guess");
        var watch = Stopwatch.StartNew();
        var unknown = await form.PressAsync("Sign in", Ct);

        Assert.True(known.Has("Sign-in failed.") && unknown.Has("Sign-in failed."), unknown.ToString());

        // A timer may fire some milliseconds early.
        Assert.True(watch.Elapsed >= (RefusalDelay.Interval * 2) - TimeSpan.FromMilliseconds(25), $"{watch.Elapsed}");
    }

    private async Task<Page> TypeAsync(string username, string password)
    {
        using var browser = Issuer.CreateBrowser($"192.0.2.{Random()}");
        return await (await browser.GoAsync("/account", Ct)).Fill("Username", username).Fill("Password", password)
            .PressAsync("Sign in", Ct);
    }

    private static int Random() => System.Security.Cryptography.RandomNumberGenerator.GetInt32(1, 250);
}

public sealed class DirectoryLoginOnSqlite(CorpOnSqlite running) : DirectoryLoginTests(running, running.Corp), IClassFixture<CorpOnSqlite>;

public sealed class DirectoryLoginOnPostgres(CorpOnPostgres running) : DirectoryLoginTests(running, running.Corp),
    IClassFixture<CorpOnPostgres>;
