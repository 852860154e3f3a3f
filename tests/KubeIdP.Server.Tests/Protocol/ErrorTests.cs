using System.Net.Http.Headers;
using Xunit;

namespace KubeIdP.Server.Tests.Protocol;

/// <summary>Errors say in words what is wrong. They don't send people to the documentation of the library that we stand on.</summary>
public sealed class ErrorTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Theory]
    [InlineData("GET", "/connect/authorize?client_id=web&redirect_uri=https://app.example.test/callback&response_type=code&prompt=nonsense", "")]
    [InlineData("GET", "/connect/authorize?client_id=web&redirect_uri=https://app.example.test/callback&response_type=code&response_mode=form_post&prompt=nonsense", "")]
    [InlineData("GET", "/connect/authorize?client_id=web&redirect_uri=https://app.example.test/callback&response_type=code&prompt=none&scope=openid", "")]
    [InlineData("GET", "/connect/authorize?client_id=nobody", "")]
    [InlineData("PUT", "/connect/authorize", "")]
    [InlineData("GET", "/connect/token", "")]
    [InlineData("POST", "/connect/token", "grant_type=nonsense&client_id=kubernetes")]
    [InlineData("POST", "/connect/token", "grant_type=refresh_token&client_id=kubernetes&refresh_token=x")]
    [InlineData("POST", "/connect/token", "grant_type=refresh_token&client_id=web&client_secret=x&refresh_token=x")]
    [InlineData("POST", "/connect/revoke", "client_id=kubernetes")]
    [InlineData("POST", "/connect/revoke", "client_id=nobody&token=x")]
    [InlineData("POST", "/connect/revoke", "client_id=web&client_secret=x&token=x")]
    [InlineData("GET", "/connect/userinfo", "")]
    [InlineData("GET", "/connect/userinfo?access_token=x", "")]
    [InlineData("POST", "/connect/userinfo", "access_token=x")]
    [InlineData("GET", "/connect/logout?post_logout_redirect_uri=https://evil.example", "")]
    [InlineData("GET", "/connect/logout?client_id=nobody", "")]
    [InlineData("POST", "/.well-known/openid-configuration", "x=y")]
    [InlineData("POST", "/.well-known/jwks", "x=y")]
    public async Task No_error_leads_to_others_documentation(string method, string path, string form)
    {
        foreach (var bearer in (string?[])[null, "garbage"])
        {
            using var request = new HttpRequestMessage(new(method), path);
            if (form != "") request.Content = new StringContent(form, System.Text.Encoding.ASCII, "application/x-www-form-urlencoded");
            if (bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);

            using var response = await SendAsync(request);

            var said = $"{response.Headers}{response.Content.Headers}{await response.Content.ReadAsStringAsync(Ct)}";
            Assert.False((int)response.StatusCode is 200 && !said.Contains("error", StringComparison.Ordinal), said);
            Assert.DoesNotContain("error_uri", said, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("openiddict", said, StringComparison.OrdinalIgnoreCase);
        }
    }
}
