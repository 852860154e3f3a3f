using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Freshness;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Enrolment;

/// <summary>The roll-out: for some days a directory's people set up their first factor without a code.</summary>
public abstract class OpenEnrolmentTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    [Fact]
    public async Task While_it_is_open_the_people_of_a_directory_need_no_code()
    {
        Corp.Add("newcomer", Password);
        var account = new Account("newcomer", Password, "", Clock) { Directory = "corp" };

        var page = await EnrolPageAsync(account);
        page = await page.PressAsync("Continue", Ct);
        account.SetupKey = page.ValueOf("Setup key");
        page = await account.VerifyAsync(page, Ct);

        Assert.EndsWith("/account", page.Url.AbsolutePath, StringComparison.Ordinal);
        await using var context = Database.CreateContext();
        Assert.Contains(await context.AuditEvents.AsNoTracking().ToListAsync(Ct),
            row => row.Type == AuditEventType.FactorEnrolled && row.Detail!.Contains("while enrolment was open", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_who_was_gone_and_comes_back_needs_a_code()
    {
        var upstreamId = Corp.Add("returning", Password);
        var account = await Issuer.InviteAsync("returning", Password, Ct);
        await Kubectl.LogInAsync(Issuer.CreateBrowser(), account, Ct);
        Corp.Remove(upstreamId);
        await Issuer.Services.GetRequiredService<LeaversSearch>().SearchAsync(Ct);

        Corp.Set(upstreamId, new UpstreamAnswer.Known(new UpstreamIdentity(Corp.Id, upstreamId, "returning", null, null, false, ["back"])));
        var page = await EnrolPageAsync(new Account("returning", Password, "", Clock) { Directory = "corp" });

        Assert.True(page.HasField("Enrolment code"), page.ToString());
    }

    [Fact]
    public async Task Local_accounts_and_those_for_whom_a_code_was_made_need_it_all_the_same()
    {
        var local = await AddAccountAsync();
        Corp.Add("invited", Password);
        var invited = await Issuer.InviteAsync("invited", Password, Ct);

        Assert.True((await EnrolPageAsync(local)).HasField("Enrolment code"));
        Assert.True((await EnrolPageAsync(invited)).HasField("Enrolment code"));
    }

    [Fact]
    public async Task The_pages_of_the_administration_say_so()
    {
        var root = await AddAccountAsync("admins");
        var browser = Issuer.CreateBrowser();
        await Kubectl.LogInAsync(browser, root, Ct);

        var page = await browser.GoAsync("/admin/sessions", Ct);

        Assert.True(page.Has("Enrolment is open until"), page.ToString());
    }

    private async Task<Page> EnrolPageAsync(Account account)
    {
        var page = await Issuer.CreateBrowser().GoAsync("/account", Ct);
        return await page.Fill("Your account is in", account.Directory).Fill("Username", account.Username)
            .Fill("Password", account.Password).PressAsync("Sign in", Ct);
    }
}

public sealed class OpenEnrolmentRulesTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(2026, 12, 1, true)]
    [InlineData(2027, 1, 31, true)]
    [InlineData(2027, 2, 2, false)]
    public void It_ends_within_thirty_days(int year, int month, int day, bool allowed) =>
        Assert.Equal(allowed, !EnrolmentRules.Check(new EnrolmentOptions { OpenUntil = new DateOnly(year, month, day) }, Now).Any());
}

public sealed class OpenOnSqlite : IssuerOnSqlite
{
    public ScriptedConnector Corp { get; } = new();

    protected override IReadOnlyList<Core.Upstreams.IPasswordConnector> Directories => [Corp];

    protected override Settings Change(Settings settings) =>
        settings with { Enrolment = new() { OpenUntil = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime.AddDays(7)) } };
}

public sealed class OpenOnPostgres : IssuerOnPostgres
{
    public ScriptedConnector Corp { get; } = new();

    protected override IReadOnlyList<Core.Upstreams.IPasswordConnector> Directories => [Corp];

    protected override Settings Change(Settings settings) =>
        settings with { Enrolment = new() { OpenUntil = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime.AddDays(7)) } };
}

public sealed class OpenEnrolmentOnSqlite(OpenOnSqlite running) : OpenEnrolmentTests(running, running.Corp), IClassFixture<OpenOnSqlite>;

public sealed class OpenEnrolmentOnPostgres(OpenOnPostgres running) : OpenEnrolmentTests(running, running.Corp),
    IClassFixture<OpenOnPostgres>;
