using System.Reflection;
using KubeIdP.Server.Tests.Web;
using OpenIddict.Abstractions;
using Xunit;

namespace KubeIdP.Server.Tests.Protocol;

/// <summary>Every parameter that OAuth and OpenID Connect know, at every address that takes some.</summary>
public sealed class ParameterTextTests(IssuerOnPostgres running) : ProtocolTests(running), IClassFixture<IssuerOnPostgres>
{
    private static readonly IReadOnlyList<string> Parameters =
        [.. typeof(OpenIddictConstants.Parameters).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!)];

    [Theory]
    [InlineData("/connect/authorize", "GET",
        "client_id=kubernetes&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A8000&scope=openid"
        + "&code_challenge=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&code_challenge_method=S256")]
    [InlineData("/connect/token", "POST", "client_id=kubernetes&grant_type=refresh_token&refresh_token=x")]
    [InlineData("/connect/token", "POST", "client_id=kubernetes&grant_type=authorization_code&code=x"
        + "&code_verifier=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&redirect_uri=http%3A%2F%2Flocalhost%3A8000")]
    [InlineData("/connect/revoke", "POST", "client_id=kubernetes&token=x")]
    [InlineData("/connect/authorize", "POST",
        "client_id=kubernetes&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A8000&scope=openid"
        + "&code_challenge=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&code_challenge_method=S256")]
    [InlineData("/connect/logout", "POST", "client_id=kubernetes")]
    [InlineData("/connect/userinfo", "POST", "")]
    [InlineData("/connect/userinfo", "GET", "")]
    [InlineData("/connect/logout", "GET", "client_id=kubernetes")]
    [InlineData("/sign-in", "GET", "return=%2Faccount")]
    public async Task No_text_of_a_parameter_is_a_fault_of_the_server(string path, string method, string query)
    {
        var wrong = new List<string>();
        foreach (var parameter in Parameters.Append("login").Append("return"))
        {
            foreach (var (text, number) in HostileTexts.Few)
            {
                var parameters = string.Join('&',
                    query.Split('&').Where(one => one != "" && !one.StartsWith($"{parameter}=", StringComparison.Ordinal))
                        .Append($"{parameter}={Uri.EscapeDataString(text)}"));
                using var request = method == "GET"
                    ? new HttpRequestMessage(HttpMethod.Get, $"{path}?{parameters}")
                    : new HttpRequestMessage(HttpMethod.Post,
                        path) { Content = new StringContent(parameters,
                            new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")) };
                using var response = await SendAsync(request);

                if ((int)response.StatusCode >= 500) wrong.Add($"{parameter} {number}: {response.StatusCode}");
            }
        }

        Assert.Equal([], wrong);
        Assert.Equal([], await HostileTexts.StoredInAsync(Database, Ct));
    }

    [Fact]
    public async Task A_hint_of_the_name_is_shown_as_a_name_or_not_at_all()
    {
        foreach (var (hint, shown) in new[] { ("alice", "alice"), ("\uff41lice", "alice"), ("al\u202eice", ""), ("al\0ice", ""),
            ("al\uffffice", "") })
        {
            using var browser = Issuer.CreateBrowser();
            var page = await browser.GoAsync(Kubectl.AuthorizeUrl(("login_hint", hint)), Ct);

            Assert.Equal(shown, page.ValueOf("Username"));
        }
    }
}
