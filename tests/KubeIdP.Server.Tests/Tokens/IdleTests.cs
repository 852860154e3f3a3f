using KubeIdP.Server.Tests.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

public abstract class IdleTests(RunningIssuer running) : ProtocolTests(running)
{
    private static Settings WithTimeout(Settings settings) =>
        settings with { Sessions = settings.Sessions with { IdleTimeout = TimeSpan.FromMinutes(10) } };

    public sealed class IssuerOnSqliteWithTimeout : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings) => WithTimeout(settings);
    }

    public sealed class IssuerOnPostgresWithTimeout : IssuerOnPostgres
    {
        protected override Settings Change(Settings settings) => WithTimeout(settings);
    }

    [Fact]
    public async Task A_session_in_use_stays_and_an_idle_one_ends()
    {
        var token = (await LogInAsync()).Tokens.RefreshToken!;

        for (var i = 0; i < 3; i++)
        {
            Clock.Advance(TimeSpan.FromMinutes(9));
            token = (await Kubectl.RefreshAsync(token, Ct)).Succeeded().RefreshToken!;
        }

        Clock.Advance(TimeSpan.FromMinutes(11));
        var idle = await Kubectl.RefreshAsync(token, Ct);

        Assert.Equal("invalid_grant", idle.Error);
        Assert.Contains("not used for too long", idle.ErrorDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_is_asked_again_after_the_idle_time_whatever_its_cookie_says()
    {
        var login = await LogInAsync(Web);

        Clock.Advance(TimeSpan.FromMinutes(11));
        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(), Ct);

        Assert.True(page.HasField("Password"));
    }
}

public sealed class IdleOnSqlite(IdleTests.IssuerOnSqliteWithTimeout running) : IdleTests(running),
    IClassFixture<IdleTests.IssuerOnSqliteWithTimeout>;

public sealed class IdleOnPostgres(IdleTests.IssuerOnPostgresWithTimeout running) : IdleTests(running),
    IClassFixture<IdleTests.IssuerOnPostgresWithTimeout>;
