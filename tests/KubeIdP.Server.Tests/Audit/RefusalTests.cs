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
    public async Task A_refused_refresh_says_whose_it_was_and_why()
    {
        var login = await LogInAsync();
        using (await Kubectl.PostAsync("connect/revoke", Ct, ("token", login.Tokens.RefreshToken))) { }

        var answer = await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct);

        var fact = Assert.Single(await FactsAsync(AuditEventType.RefreshRefused, login.Tokens.GrantId));
        Assert.Equal("invalid_grant", answer.Error);
        Assert.Equal((Subject(login.Tokens), login.Tokens.Claims.GetProperty("sid").GetString(), "kubernetes"), (fact.PersonId, fact.SessionId, fact.ClientId));
        Assert.Equal("invalid_grant: The session has ended. Sign in again.", fact.Detail);
        Assert.Contains(fact.Reference!, answer.ErrorDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_is_one_fact_with_its_own_name()
    {
        var login = await LogInAsync();
        var second = (await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct)).Succeeded();
        await Kubectl.RefreshAsync(second.RefreshToken!, Ct);

        await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct);

        Assert.Single(await FactsAsync(AuditEventType.RefreshReplayed, login.Tokens.GrantId));
        Assert.Empty(await FactsAsync(AuditEventType.RefreshRefused, login.Tokens.GrantId));
    }

    [Fact]
    public async Task What_nobody_can_be_asked_for_is_recorded_without_the_words_of_the_stranger()
    {
        using var stranger = Issuer.CreateClient("a-name-that-a-stranger-chose");
        using var impostor = Issuer.CreateClient("web", WebRedirect, "a-guess-at-the-secret");

        await stranger.RefreshAsync("some-garbage", Ct);
        await impostor.RedeemAsync("another-garbage", Ct);

        var facts = await FactsAsync(AuditEventType.TokenRefused, grantId: null);
        Assert.Contains(facts, fact => fact.ClientId == "web" && fact.Detail!.StartsWith("invalid_client", StringComparison.Ordinal));
        Assert.All(facts, fact => Assert.DoesNotContain("garbage", fact.Detail, StringComparison.Ordinal));
        Assert.All(facts, fact => Assert.DoesNotContain("stranger-chose", $"{fact.ClientId}{fact.Detail}", StringComparison.Ordinal));
        Assert.All(facts, fact => Assert.DoesNotContain("a-guess", fact.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_causes_twenty_rows_a_minute()
    {
        using var somewhere = new RelyingParty(Issuer.CreateHandler("198.51.100.77"), Issuer.Issuer);

        // The minute may turn in between: at most twice as many.
        for (var i = 0; i < 5 * RefusalBudget.RowsPerMinute; i++) await somewhere.RefreshAsync("garbage", Ct);

        await using var db = Database.CreateContext();
        var facts = await db.AuditEvents.AsNoTracking().Where(fact => fact.Address == "198.51.100.77").ToListAsync(Ct);
        Assert.InRange(facts.Count, RefusalBudget.RowsPerMinute, 2 * RefusalBudget.RowsPerMinute + 1);
    }

    // Whoever has stopped, and whoever stops the server, must not take the number with them.
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
            var counts = await db.AuditEvents.AsNoTracking().Where(fact => fact.Address == address && EF.Functions.Like(fact.Detail!, "%more within a minute")).CountAsync(Ct);
            if (counts > 0) break;
            Assert.True(tries < 200, "No count was written.");

            // A run that was under way at the end of the minute begins its pause after it.
            if (!stops && tries % 20 == 19) Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
        }
    }

    private async Task<List<AuditEvent>> FactsAsync(string type, string? grantId)
    {
        await using var db = Database.CreateContext();
        return await db.AuditEvents.AsNoTracking().Where(fact => fact.Type == type && fact.GrantId == grantId).ToListAsync(Ct);
    }
}
