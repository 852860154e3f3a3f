using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>A session that was not used for too long is over, also for a login that began in it.</summary>
public sealed class StepUpIdleTests(StepUpIdleTests.Server running) : ProtocolTests(running), IClassFixture<StepUpIdleTests.Server>
{
    [Fact]
    public async Task A_session_that_has_become_idle_meanwhile_is_not_raised()
    {
        var login = await LogInAsync(Web);
        login.Browser.StopAt = Web.IsOurs;
        Clock.Advance(TimeSpan.FromMinutes(9));
        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("max_age", "1")), Ct);
        Assert.True(page.HasField("Authentication code"), page.ToString());

        Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True((await login.Browser.GoAsync("/account", Ct)).HasField("Password"));
        var answer = await login.Account.VerifyAsync(page, Ct);

        await using var db = Database.CreateContext();
        Assert.False(await db.AuditEvents.AnyAsync(
            row => row.PersonId == Subject(login.Tokens) && row.Type == AuditEventType.SessionRaised, Ct));
        Assert.True(answer.HasField("Password"), answer.ToString());
    }

    public sealed class Server : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings) =>
            settings with { Sessions = settings.Sessions with { IdleTimeout = TimeSpan.FromMinutes(10) } };
    }
}
