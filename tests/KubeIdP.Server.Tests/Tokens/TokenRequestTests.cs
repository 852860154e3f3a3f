using System.Net;
using System.Net.Http.Headers;
using System.Text;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

/// <summary>Who may ask at the token endpoint, for what, and what the others are answered.</summary>
public sealed class TokenRequestTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    [Fact]
    public async Task A_wrong_secret_is_401_with_a_challenge()
    {
        using var impostor = Issuer.CreateClient("web", WebRedirect, "a-wrong-secret");

        using var response = await impostor.PostAsync("connect/token", Ct, ("grant_type", "refresh_token"), ("refresh_token", "x"));
        var answer = await TokenAnswer.ReadAsync(response, Ct);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (response.StatusCode, answer.Error));
        Assert.NotEmpty(response.Headers.WwwAuthenticate);
        AssertHelpful(answer);
    }

    [Fact]
    public async Task A_missing_secret_is_refused()
    {
        using var impostor = Issuer.CreateClient("web", WebRedirect);

        Assert.Equal("invalid_client", (await impostor.RefreshAsync("x", Ct)).Error);
    }

    [Fact]
    public async Task A_public_client_may_not_send_a_secret() =>
        Assert.Equal("invalid_client", (await Kubectl.RefreshAsync("x", Ct, ("client_secret", "x"))).Error);

    [Fact]
    public async Task A_secret_may_come_as_basic_credentials()
    {
        var code = await NewCodeAsync(Web);

        var answer = await SendTokenAsync(Basic("web", InMemoryIssuer.WebSecret),
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", WebRedirect), ("code_verifier", Web.Verifier));

        Assert.True(answer.IsSuccess);
    }

    [Fact]
    public async Task Credentials_in_two_places_are_refused()
    {
        var answer = await SendTokenAsync(Basic("web", InMemoryIssuer.WebSecret),
            ("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", "web"), ("client_secret", InMemoryIssuer.WebSecret));

        Assert.Equal("invalid_request", answer.Error);
    }

    [Fact]
    public async Task A_secret_in_the_query_is_refused()
    {
        using var client = Issuer.CreateClient("web", WebRedirect);

        using var response = await client.PostAsync($"connect/token?client_secret={InMemoryIssuer.WebSecret}", Ct,
            ("grant_type", "refresh_token"), ("refresh_token", "x"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("implicit")]
    [InlineData("client_credentials")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code")]
    [InlineData("urn:ietf:params:oauth:grant-type:jwt-bearer")]
    [InlineData("nonsense")]
    public async Task A_grant_type_that_is_not_offered_is_refused(string grantType)
    {
        var answer = await Kubectl.TokenAsync(Ct, ("grant_type", grantType), ("username", "alice"), ("password", "x"));

        Assert.Contains(answer.Error, new[] { "unsupported_grant_type", "unauthorized_client" });
        AssertHelpful(answer);
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("PUT", "application/x-www-form-urlencoded")]
    [InlineData("POST", null)]
    [InlineData("POST", "application/json")]
    [InlineData("POST", "multipart/form-data; boundary=x")]
    [InlineData("POST", "application/x-www-form-urlencoded; charset=nonsense")]
    public async Task A_request_of_another_shape_is_refused(string method, string? type)
    {
        using var request = new HttpRequestMessage(new(method), "/connect/token");
        if (type is not null)
        {
            request.Content = new ByteArrayContent("grant_type=refresh_token&refresh_token=x&client_id=kubernetes"u8.ToArray());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var response = await SendAsync(request);

        Assert.InRange((int)response.StatusCode, 400, 499);
    }

    [Theory]
    [InlineData("")]
    [InlineData("grant_type=refresh_token")]
    [InlineData("grant_type=refresh_token&client_id=kubernetes")]
    [InlineData("grant_type=refresh_token&client_id=kubernetes&refresh_token=")]
    [InlineData("grant_type=refresh_token&client_id=kubernetes&refresh_token=garbage")]
    [InlineData("grant_type=refresh_token&client_id=kubernetes&refresh_token=%00%ff%fe")]
    [InlineData("grant_type=refresh_token&client_id=%00&refresh_token=x")]
    [InlineData("grant_type=refresh_token&client_id=nobody&refresh_token=x")]
    [InlineData("grant_type=refresh_token&client_id=kubernetes&refresh_token=a.b.c")]
    [InlineData("grant_type=refresh_token&client_id=kubernetes&refresh_token=eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("grant_type=refresh_token&client_id=kubernetes&refresh_token=x&refresh_token=y")]
    [InlineData("grant_type=refresh_token&grant_type=authorization_code&client_id=kubernetes&refresh_token=x")]
    [InlineData("grant_type=authorization_code&client_id=kubernetes")]
    [InlineData("grant_type=authorization_code&client_id=kubernetes&code=garbage&redirect_uri=http://localhost:8000&code_verifier=x")]
    [InlineData("grant_type=authorization_code&client_id=kubernetes&code=%c3%28&redirect_uri=%00&code_verifier=%ff")]
    [InlineData("%ff=%ff&=&&&%00=%00")]
    public async Task Bad_input_is_refused_with_a_message_and_a_reference(string form)
    {
        var answer = await PostAsync(form);

        Assert.InRange((int)answer.Status, 400, 401);
        AssertHelpful(answer);
    }

    // RFC 6749 §3.2.
    [Theory]
    [InlineData("audience", "https://api.example.com")]
    [InlineData("resource", "https://api.example.com")]
    [InlineData("requested_token_type", "urn:ietf:params:oauth:token-type:jwt")]
    [InlineData("subject_token", "x")]
    [InlineData("actor_token", "x")]
    [InlineData("assertion", "x")]
    [InlineData("username", "alice")]
    [InlineData("password", "x")]
    [InlineData("device_code", "x")]
    [InlineData("claims", "{")]
    [InlineData("response_mode", "nonsense")]
    public async Task An_unknown_parameter_is_ignored(string name, string value)
    {
        var code = await NewCodeAsync(Kubectl);

        var tokens = (await Kubectl.RedeemAsync(code, Ct, (name, value))).Succeeded();
        var refreshed = await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct, (name, value));

        Assert.True(refreshed.IsSuccess, refreshed.Text);
        Assert.Equal("kubernetes", refreshed.Claims.GetProperty("aud").GetString());
    }

    // RFC 6749 §4.1.3 knows no scope there, and many clients send it all the same.
    [Theory]
    [InlineData("openid")]
    [InlineData("openid profile email offline_access")]
    [InlineData("nonsense")]
    public async Task A_scope_beside_a_code_is_ignored(string scope)
    {
        var code = await NewCodeAsync(Web, ("scope", "openid profile"));

        var tokens = (await Web.RedeemAsync(code, Ct, ("scope", scope))).Succeeded();

        Assert.Equal("openid profile", tokens.Body.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Ten_thousand_parameters_are_refused()
    {
        var answer = await PostAsync(string.Join('&', Enumerable.Range(0, 10_000).Select(i => $"p{i}=x")));

        Assert.InRange((int)answer.Status, 400, 413);
        AssertHelpful(answer);
    }

    [Fact]
    public async Task A_parameter_of_a_megabyte_is_refused()
    {
        var answer = await PostAsync($"grant_type=refresh_token&client_id=kubernetes&refresh_token={new string('x', 1 << 20)}");

        Assert.InRange((int)answer.Status, 400, 413);
        AssertHelpful(answer);
    }

    private async Task<TokenAnswer> PostAsync(string form)
    {
        using var content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded");
        using var response = await SendAsync(new(HttpMethod.Post, "/connect/token") { Content = content });
        return await TokenAnswer.ReadAsync(response, Ct);
    }

    private async Task<TokenAnswer> SendTokenAsync(AuthenticationHeaderValue authorization, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        using var response =
            await SendAsync(new(HttpMethod.Post, "/connect/token") { Content = content, Headers = { Authorization = authorization } });
        return await TokenAnswer.ReadAsync(response, Ct);
    }

    private static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{id}:{secret}")));

    private static void AssertHelpful(TokenAnswer answer)
    {
        Assert.NotEmpty(answer.Error!);
        Assert.Matches(@"^\S.{10,} \(reference [0-9a-f]{12}\)$", answer.ErrorDescription!);
        Assert.DoesNotContain("Exception", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("openiddict", answer.Text, StringComparison.OrdinalIgnoreCase);
    }
}
