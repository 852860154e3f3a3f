using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace KubeIdP.Server.Tests.Audit;

/// <summary>What the audit has of refusals at the token endpoint, and how much of it a stranger can cause.</summary>
public sealed class RefusalTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Fact]
    public async Task The_audit_event_of_a_refused_refresh_says_whose_it_was_and_why()
    {
        var login = await LogInAsync();
        using (await Kubectl.PostAsync("connect/revoke", Ct, ("token", login.Tokens.RefreshToken))) { }

        var answer = await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct);

        var auditEvent = Assert.Single(await AuditEventsAsync(AuditEventType.RefreshRefused, login.Tokens.GrantId));
        Assert.Equal("invalid_grant", answer.Error);
        Assert.Equal((Subject(login.Tokens), login.Tokens.Claims.GetProperty("sid").GetString(), "kubernetes"),
            (auditEvent.PersonId, auditEvent.SessionId, auditEvent.ClientId));
        Assert.Equal("invalid_grant: This program has signed out. Sign in again.", auditEvent.Detail);
        Assert.Contains(auditEvent.Reference!, answer.ErrorDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_is_one_audit_event_with_its_own_type()
    {
        var login = await LogInAsync();
        var second = (await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct)).Succeeded();
        await Kubectl.RefreshAsync(second.RefreshToken!, Ct);

        await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct);

        Assert.Single(await AuditEventsAsync(AuditEventType.RefreshReplayed, login.Tokens.GrantId));
        Assert.Empty(await AuditEventsAsync(AuditEventType.RefreshRefused, login.Tokens.GrantId));
    }

    [Fact]
    public async Task What_nobody_can_be_asked_for_is_recorded_without_the_words_of_the_stranger()
    {
        using var stranger = Issuer.CreateClient("a-name-that-a-stranger-chose");
        using var impostor = Issuer.CreateClient("web", WebRedirect, "a-guess-at-the-secret");

        await stranger.RefreshAsync("some-garbage", Ct);
        await impostor.RedeemAsync("another-garbage", Ct);

        var auditEvents = await AuditEventsAsync(AuditEventType.TokenRefused, grantId: null);
        Assert.Contains(auditEvents,
            auditEvent => auditEvent.ClientId == "web" && auditEvent.Detail!.StartsWith("invalid_client", StringComparison.Ordinal));
        Assert.All(auditEvents, auditEvent => Assert.DoesNotContain("garbage", auditEvent.Detail, StringComparison.Ordinal));
        Assert.All(auditEvents,
            auditEvent => Assert.DoesNotContain("stranger-chose", $"{auditEvent.ClientId}{auditEvent.Detail}", StringComparison.Ordinal));
        Assert.All(auditEvents, auditEvent => Assert.DoesNotContain("a-guess", auditEvent.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_causes_twenty_rows_a_minute()
    {
        using var somewhere = new RelyingParty(Issuer.CreateHandler("198.51.100.77"), Issuer.Issuer);

        // The minute may turn in between: at most twice as many.
        for (var i = 0; i < 5 * RefusalBudget.RowsPerMinute; i++) await somewhere.RefreshAsync("garbage", Ct);

        await using var db = Database.CreateContext();
        var auditEvents = await db.AuditEvents.AsNoTracking().Where(auditEvent => auditEvent.Address == "198.51.100.77").ToListAsync(Ct);
        Assert.InRange(auditEvents.Count, RefusalBudget.RowsPerMinute, 2 * RefusalBudget.RowsPerMinute + 1);
    }

    // When the stranger stops asking, or the server stops, the count must still be written.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_count_is_written_though_nobody_is_refused_any_more(bool stops)
    {
        var issuer = await Running.StartAnotherAsync(Ct);
        var address = stops ? "198.51.100.78" : "198.51.100.79";
        using var somewhere = new RelyingParty(issuer.CreateHandler(address), issuer.Issuer);
        for (var i = 0; i < 5 * RefusalBudget.RowsPerMinute; i++) await somewhere.RefreshAsync("garbage", Ct);

        if (stops) await issuer.Services.GetServices<IHostedService>().OfType<RefusalCounts>().Single().StopAsync(Ct);
        else Clock.Advance(TimeSpan.FromMinutes(1));

        for (var tries = 0; ; tries++)
        {
            await using var db = Database.CreateContext();
            var counts = await db.AuditEvents.AsNoTracking()
                .Where(auditEvent => auditEvent.Address == address && EF.Functions.Like(auditEvent.Detail!, "%more within a minute"))
                .CountAsync(Ct);
            if (counts > 0) break;
            Assert.True(tries < 200, "No count was written.");

            // A run that was under way at the end of the minute begins its pause after it.
            if (!stops && tries % 20 == 19) Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
        }
    }

    private async Task<List<AuditEvent>> AuditEventsAsync(string type, string? grantId)
    {
        await using var db = Database.CreateContext();
        return await db.AuditEvents.AsNoTracking().Where(auditEvent => auditEvent.Type == type && auditEvent.GrantId == grantId)
            .ToListAsync(Ct);
    }
}
