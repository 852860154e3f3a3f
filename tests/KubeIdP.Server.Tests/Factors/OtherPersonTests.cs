using KubeIdP.Server.Tests.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

/// <summary>Two people who use the same login of one browser after each other.</summary>
public sealed class OtherPersonTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Fact]
    public async Task The_recovery_codes_of_one_are_not_shown_to_the_other()
    {
        var (first, second) = (await AddAccountAsync(), await AddAccountAsync());
        using var browser = Issuer.CreateBrowser();
        var start = await browser.GoAsync("/account", Ct);
        var page = await start.Fill("Username", first.Username).Fill("Password", first.Password).PressAsync("Sign in", Ct);
        page = await page.Fill("Enrolment code", first.EnrolmentCode).PressAsync("Continue", Ct);
        first.SetupKey = page.ValueOf("Setup key");
        var codes = await page.Fill("Authentication code", await first.NextCodeAsync(Ct)).PressAsync("Verify", Ct);
        Assert.True(codes.Has("Save your recovery codes"), codes.ToString());

        page = await browser.GoAsync(start.Url, Ct);
        page = await page.Fill("Username", second.Username).Fill("Password", second.Password).PressAsync("Sign in", Ct);
        Assert.True(page.HasField("Enrolment code"), page.ToString());
        page = await browser.GoAsync(codes.Url, Ct);

        Assert.False(page.Has("Save your recovery codes"), page.ToString());
    }
}
