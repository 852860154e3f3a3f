using System.Net;
using KubeIdP.Data.Audit;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Admin;

/// <summary>The machines that wait for somebody to approve their code, as administrators see them.</summary>
public abstract class DeviceCodePagesTests(ClassIssuer shared, bool postgres) : AdminTests(shared, postgres)
{
    private protected override Func<Settings, Settings> Change => settings => WithDeviceCodes(base.Change(settings));

    [Fact]
    public async Task An_administrator_sees_who_has_opened_which_request_and_denies_it_while_the_page_is_open()
    {
        using var root = await AdministratorAsync();
        var asked = await AskFromAsync("198.51.100.3");
        var waiting = await root.GoAsync("/admin/device-codes", Ct);
        var decides = await AliceBrowser.TypeCodeAsync(asked.UserCode, Ct);

        var list = await root.GoAsync("/admin/device-codes", Ct);
        var page = await list.FollowAsync("Machine at 198.51.100.3", Ct);
        var without = await page.Fill("Reason", " ").PressAsync("Deny", Ct);
        var denied = await without.Fill("Reason", "a wave of codes").PressAsync("Deny", Ct);
        var late = await decides.PressAsync(DeviceCodes.Yes, Ct);

        Assert.True(waiting.Has("waiting") && !waiting.Has("code typed by"), waiting.Text);
        Assert.True(list.Has("being decided") && list.Has("code typed by alice") && list.Has("kubernetes"), list.Text);
        Assert.DoesNotContain(asked.UserCode, list.Content + page.Content, StringComparison.Ordinal);
        Assert.NotNull(without.Document.QuerySelector("[role=alert]"));
        Assert.True(denied.Has("denied by an administrator") && !denied.HasButton("Deny"), denied.Text);
        Assert.True(late.Status == HttpStatusCode.NotFound && late.Has("This request is over"), late.Text);
        using var machine = Issuer.CreateClient();
        Assert.Equal("access_denied", (await machine.PollAsync(asked, Ct)).Error);
        await using var db = Database.CreateContext();
        var audited = await db.AuditEvents.AsNoTracking().SingleAsync(row => row.Type == AuditEventType.DeviceDenied, Ct);
        Assert.Equal((await IdOfAsync("root"), await IdOfAsync("alice"), "a wave of codes", "machine at 198.51.100.3", "203.0.113.5"),
            (audited.Actor, audited.PersonId, audited.Reason, audited.Detail, audited.Address));
    }

    [Fact]
    public async Task An_approved_request_leads_to_its_session_and_is_not_denied()
    {
        using var root = await AdministratorAsync();
        var asked = await AskFromAsync("198.51.100.4");
        var page = await (await root.GoAsync("/admin/device-codes", Ct)).FollowAsync("Machine at 198.51.100.4", Ct);
        await AliceBrowser.ApproveAsync(asked, Ct);

        var late = await page.Fill("Reason", "too late").PressAsync("Deny", Ct);

        Assert.True(late.Has("approved") && !late.HasButton("Deny"), late.Text);
        var session = await root.GoAsync(late.Document.QuerySelector("dl a[href*='/admin/sessions/']")!.GetAttribute("href")!, Ct);
        Assert.True(session.Has("device code from 198.51.100.4") && session.HasButton("End this session"), session.Text);
        using var machine = Issuer.CreateClient();
        (await machine.PollAsync(asked, Ct)).Succeeded();
    }

    [Fact]
    public async Task An_auditor_looks_and_nobody_else_does()
    {
        using var auditor = await AuditorAsync();
        var asked = await AskFromAsync("198.51.100.5");
        var page = await (await auditor.GoAsync("/admin/device-codes", Ct)).FollowAsync("Machine at 198.51.100.5", Ct);

        var forged = await PostAsync(auditor, $"{page.Url.AbsolutePath}?handler=Deny", ("Reason", "because"));

        Assert.False(page.HasField("Reason") || page.HasButton("Deny"), page.Text);
        Assert.Equal(HttpStatusCode.Forbidden, forged.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AliceBrowser.GoAsync("/admin/device-codes", Ct)).Status);
        using var machine = Issuer.CreateClient();
        Assert.Equal("authorization_pending", (await machine.PollAsync(asked, Ct)).Error);
    }

    [Fact]
    public async Task An_expired_request_is_gone()
    {
        using var root = await AdministratorAsync();
        await AskFromAsync("198.51.100.6");
        var page = await (await root.GoAsync("/admin/device-codes", Ct)).FollowAsync("Machine at 198.51.100.6", Ct);
        Issuer.Clock.Advance(TimeSpan.FromMinutes(5));

        var late = await page.Fill("Reason", "too late").PressAsync("Deny", Ct);

        Assert.True(late.Status == HttpStatusCode.NotFound && late.Has("its time is over"), late.Text);
        Assert.True((await root.GoAsync("/admin/device-codes", Ct)).Has("No machine waits."));
    }

    // The alarm is about people who say that it was not theirs.
    [Fact]
    public async Task Denials_by_administrators_raise_no_alarm()
    {
        using var root = await AdministratorAsync();
        Issuer.Log.Clear();
        for (var i = 0; i < 3; i++)
        {
            await AskFromAsync($"198.51.100.{i + 20}");
            var page = await (await root.GoAsync("/admin/device-codes", Ct)).FollowAsync($"Machine at 198.51.100.{i + 20}", Ct);
            await page.Fill("Reason", "a wave of codes").PressAsync("Deny", Ct);
        }

        await AliceBrowser.DenyAsync(await AskFromAsync("198.51.100.30"), Ct);

        Assert.DoesNotContain(Issuer.Log.Lines, line => line.Contains("were denied within an hour", StringComparison.Ordinal));
    }

    private async Task<DeviceAnswer> AskFromAsync(string address)
    {
        using var machine = new RelyingParty(Issuer.CreateHandler(address), Issuer.Issuer);
        return (await machine.AskForDeviceAsync(Ct)).Succeeded();
    }
}

public sealed class DeviceCodePagesOnSqlite(ClassIssuer shared) : DeviceCodePagesTests(shared, postgres: false);

public sealed class DeviceCodePagesOnPostgres(ClassIssuer shared) : DeviceCodePagesTests(shared, postgres: true);

/// <summary>Without a client that has device codes, nothing of them is there.</summary>
public sealed class NoDeviceCodePagesTests(ClassIssuer shared) : AdminTests(shared, postgres: false)
{
    [Fact]
    public async Task There_is_no_page_and_no_link_to_it()
    {
        using var root = await AdministratorAsync();

        Assert.False((await root.GoAsync("/admin/sessions", Ct)).Has("Device codes"));
        Assert.Equal(HttpStatusCode.NotFound, (await root.GoAsync("/admin/device-codes", Ct)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await root.GoAsync("/admin/device-codes/0123", Ct)).Status);
    }
}
