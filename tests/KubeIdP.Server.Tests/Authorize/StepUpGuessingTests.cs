using KubeIdP.Server.Tests.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

/// <summary>How often somebody with the cookie of a session, and no password, may guess the second factor (decisions/0028).</summary>
public sealed class StepUpGuessingTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Fact]
    public async Task Five_wrong_codes_in_a_row_are_the_most_however_many_logins_they_are_spread_over()
    {
        var login = await LogInAsync(Web);
        Clock.Advance(TimeSpan.FromMinutes(1));
        login.Browser.StopAt = Web.IsOurs;
        var guesses = 0;

        for (var request = 0; request < 4; request++)
        {
            var page = await login.Browser.GoAsync(Web.AuthorizeUrl(("max_age", "1"), ("state", $"{request}")), Ct);

            // The first login stops before its last guess, so that the next one counts from there.
            for (var wrong = 0; page.HasField("Authentication code") && (request > 0 || wrong < 4); wrong++, guesses++)
                page = await page.Fill("Authentication code", "000000").PressAsync("Verify", Ct);
        }

        Assert.Equal(5, guesses);
    }
}
