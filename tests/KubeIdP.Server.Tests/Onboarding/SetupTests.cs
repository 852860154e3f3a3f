using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Commands;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Onboarding;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Onboarding;

public abstract class SetupTests(ClassIssuer shared, bool postgres) : OnIssuer(shared, postgres)
{
    private SetupLinks Links => Issuer.Services.GetRequiredService<SetupLinks>();

    [Fact]
    public async Task The_link_makes_an_administrator_once()
    {
        var link = await MakeLinkAsync();
        using var browser = Issuer.CreateBrowser();
        var root = AccountOf("root");

        var page = await VerifyAsync(await FillAsync(await browser.GoAsync(link, Ct), root), root);
        var tokens = await LogInAsync(root);

        Assert.True(page.Has("Your account is ready"));
        root.KeepRecoveryCodes(page);
        Assert.Equal(10, root.RecoveryCodes.Distinct().Count());
        Assert.Equal("admins", tokens.Claims.GetProperty("groups")[0].GetString());
        Assert.Equal(HttpStatusCode.Gone, (await browser.GoAsync(link, Ct)).Status);
        Assert.IsType<SetupLinkAnswer.AdministratorExists>(await Links.ReplaceAsync(Actor.CommandLine, Ct));
        Assert.Single(await AuditOfAsync(AuditEventType.SetupCompleted));
    }

    [Fact]
    public async Task Of_browsers_that_finish_at_once_one_wins()
    {
        var link = await MakeLinkAsync();
        var ways = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            var account = AccountOf($"root{i}");
            return (Page: await FillAsync(await Issuer.CreateBrowser().GoAsync(link, Ct), account), Account: account);
        }));

        var answers = await Task.WhenAll(ways.Select(way => Task.Run(() => VerifyAsync(way.Page, way.Account))));

        Assert.Single(answers, page => page.Has("Your account is ready"));
        Assert.Equal(3, answers.Count(page => page.Status == HttpStatusCode.Gone));
        Assert.Equal(1, (await Issuer.Database.CountRowsAsync(Ct))["people"]);
    }

    [Fact]
    public async Task The_link_is_invalid_after_an_hour()
    {
        var link = await MakeLinkAsync();
        using var browser = Issuer.CreateBrowser();

        Clock.Advance(SetupLinks.Lifetime);

        Assert.Equal(HttpStatusCode.Gone, (await browser.GoAsync(link, Ct)).Status);
    }

    [Fact]
    public async Task Every_form_of_the_link_is_invalid_once_another_administrator_exists()
    {
        var link = await MakeLinkAsync();
        using var browser = Issuer.CreateBrowser();
        var root = AccountOf("root");
        var page = await FillAsync(await browser.GoAsync(link, Ct), root);

        await AddInvitedAsync("alice", "admins");

        Assert.Equal(HttpStatusCode.Gone, (await VerifyAsync(page, root)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await browser.GoAsync(link, Ct)).Status);
    }

    [Fact]
    public async Task A_start_leaves_a_good_link_alone_and_the_command_replaces_it()
    {
        var first = await MakeLinkAsync();
        using var browser = Issuer.CreateBrowser();

        Assert.IsType<SetupLinkAnswer.OtherIsValid>(await Links.EnsureAsync(Ct));
        Assert.Equal(HttpStatusCode.OK, (await browser.GoAsync(first, Ct)).Status);

        var second = Assert.IsType<SetupLinkAnswer.Made>(await Links.ReplaceAsync(Actor.CommandLine, Ct)).Url;
        Assert.Equal(HttpStatusCode.Gone, (await browser.GoAsync(first, Ct)).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.GoAsync(second, Ct)).Status);

        Clock.Advance(SetupLinks.Lifetime);
        Assert.IsType<SetupLinkAnswer.Made>(await Links.EnsureAsync(Ct));
    }

    [Fact]
    public async Task Replicas_that_start_at_once_make_one_link()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Links.EnsureAsync(Ct))));

        Assert.Single(answers.OfType<SetupLinkAnswer.Made>());
        Assert.Equal(4, answers.OfType<SetupLinkAnswer.OtherIsValid>().Count());
    }

    [Fact]
    public async Task Everything_wrong_with_the_form_is_said_at_once_and_the_link_stays_good()
    {
        await AddInvitedAsync("alice");
        using var browser = Issuer.CreateBrowser();
        var page = await browser.GoAsync(await MakeLinkAsync(), Ct);

        page = await page.Fill("Username", "ALICE").Fill("New password", "passwordpassword")
            .Fill("Repeat the password", "another password").PressAsync("Continue", Ct);

        Assert.All(
            ["This user name is taken.", "Such passwords are guessed first", "The two passwords are different."],
            words => Assert.Contains(words, page.Text, StringComparison.Ordinal));
        Assert.Equal("ALICE", page.ValueOf("Username"));
        Assert.True((await FillAsync(page, AccountOf("root"))).Has("Setup key"));
    }

    [Fact]
    public async Task Codes_are_not_guessed_for_ever()
    {
        using var browser = Issuer.CreateBrowser();
        var page = await FillAsync(await browser.GoAsync(await MakeLinkAsync(), Ct), AccountOf("root"));

        for (var i = 0; i <= SetupThrottle.PerLink; i++)
            page = await page.Fill("Authentication code", "not a code").PressAsync("Verify", Ct);

        Assert.Equal(HttpStatusCode.Gone, page.Status);
    }

    [Fact]
    public async Task Without_a_terminal_the_link_goes_to_a_private_file_and_never_to_the_log()
    {
        await FirstAdministrator.PrepareAsync(Issuer.Services, terminal: null, Ct);

        var file = Path.Combine(Issuer.Services.GetRequiredService<DataDirectory>().Path, "setup-link");
        var link = (await File.ReadAllTextAsync(file, Ct)).Trim();
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using var browser = Issuer.CreateBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GoAsync(link, Ct)).Status);
        Assert.Contains(Issuer.Log.Lines, line => line.Contains(file, StringComparison.Ordinal));
        Assert.DoesNotContain(link.Split('=')[1], await EverythingKeptAsync(), StringComparison.Ordinal);

        await AddInvitedAsync("alice", "admins");
        await FirstAdministrator.PrepareAsync(Issuer.Services, terminal: null, Ct);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task The_file_is_gone_when_its_link_has_been_used()
    {
        await FirstAdministrator.PrepareAsync(Issuer.Services, terminal: null, Ct);
        var file = Path.Combine(Issuer.Services.GetRequiredService<DataDirectory>().Path, "setup-link");
        using var browser = Issuer.CreateBrowser();
        var root = AccountOf("root");

        var link = (await File.ReadAllTextAsync(file, Ct)).Trim();
        var page = await VerifyAsync(await FillAsync(await browser.GoAsync(link, Ct), root), root);

        Assert.True(page.Has("Your account is ready"));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task On_a_terminal_the_link_is_printed_and_stands_in_no_file()
    {
        var terminal = new StringWriter();

        await FirstAdministrator.PrepareAsync(Issuer.Services, terminal, Ct);

        Assert.Contains("https://idp.example.test/setup?token=", terminal.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Issuer.Services.GetRequiredService<DataDirectory>().Path, "setup-link")));
    }

    private async Task<string> MakeLinkAsync() => Assert.IsType<SetupLinkAnswer.Made>(await Links.EnsureAsync(Ct)).Url;

    private static Task<Page> FillAsync(Page page, Account account) =>
        ChoosePasswordAsync(page.Fill("Username", account.Username).Fill("Email", ""), account.Password);
}

public sealed class SetupOnSqlite(ClassIssuer shared) : SetupTests(shared, postgres: false);

public sealed class SetupOnPostgres(ClassIssuer shared) : SetupTests(shared, postgres: true);
