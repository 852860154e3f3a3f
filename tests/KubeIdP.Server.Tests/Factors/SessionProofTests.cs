using KubeIdP.Server.Tests.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

/// <summary>What a session as the first proof does not allow (decisions/0028).</summary>
public sealed class SessionProofTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Fact]
    public async Task A_session_never_allows_to_set_up_a_first_factor_whatever_page_is_opened()
    {
        var login = await LogInAsync(Web);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("max_age", "1")), Ct);
        await ExecuteAsync("DELETE FROM factors WHERE person_id = @id", ("id", Subject(login.Tokens)));

        page = await login.Browser.GoAsync(page.Url.ToString().Replace("/factor?", "/enrol?", StringComparison.Ordinal), Ct);

        Assert.True(page.HasField("Password"), page.ToString());
    }
}
