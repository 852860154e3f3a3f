using System.Net;
using System.Text.Json;
using KubeIdP.Server.Tests.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

public abstract class UserInfoTests(RunningIssuer running) : ProtocolTests(running)
{
    [Fact]
    public async Task Userinfo_says_what_the_id_token_said()
    {
        var login = await LogInAsync();

        using var response = await Kubectl.UserInfoAsync(login.Tokens.AccessToken, Ct);
        var claims = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;

        foreach (var claim in new[] { "iss", "sub", "preferred_username", "email", "email_verified", "groups" })
            Assert.Equal(Compact(login.Tokens.Claims.GetProperty(claim)), Compact(claims.GetProperty(claim)));
    }

    // OpenID Connect Core §5.3.1.
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("", "application/json")]
    [InlineData("", "application/x-www-form-urlencoded")]
    public async Task It_may_be_asked_by_POST_without_a_body(string? body, string? type)
    {
        var login = await LogInAsync();
        using var get = await Kubectl.UserInfoAsync(login.Tokens.AccessToken, Ct);
        using var request = new HttpRequestMessage(HttpMethod.Post,
            "/connect/userinfo") { Headers = { { "Authorization", $"Bearer {login.Tokens.AccessToken}" } } };
        if (body is not null) request.Content = new ByteArrayContent([]);
        if (type is not null) request.Content!.Headers.TryAddWithoutValidation("Content-Type", type);

        using var response = await SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(await get.Content.ReadAsStringAsync(Ct), await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task No_cache_may_store_the_answer()
    {
        var login = await LogInAsync();

        using var answered = await Kubectl.UserInfoAsync(login.Tokens.AccessToken, Ct);
        using var refused = await Kubectl.UserInfoAsync("garbage", Ct);

        Assert.Equal("no-store", $"{answered.Headers.CacheControl}");
        Assert.Equal("no-store", $"{refused.Headers.CacheControl}");
    }

    [Fact]
    public async Task Only_a_living_access_token_in_the_header_opens_it()
    {
        var tokens = (await LogInAsync()).Tokens;

        var answers = new List<HttpStatusCode>();
        foreach (var token in new[] { tokens.IdToken, tokens.RefreshToken!, "garbage", "a.b.c", "" })
        {
            using var response = await Kubectl.UserInfoAsync(token, Ct);
            answers.Add(response.StatusCode);
        }

        using var inQuery = await SendAsync(new(HttpMethod.Get, $"/connect/userinfo?access_token={tokens.AccessToken}"));
        using var without = await SendAsync(new(HttpMethod.Get, "/connect/userinfo"));
        Clock.Advance(TimeSpan.FromSeconds(61));
        using var late = await Kubectl.UserInfoAsync(tokens.AccessToken, Ct);

        Assert.All([.. answers, inQuery.StatusCode, without.StatusCode, late.StatusCode],
            status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.NotEmpty(late.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task A_refusal_says_the_same_in_its_body_as_in_its_challenge()
    {
        using var response = await Kubectl.UserInfoAsync("garbage", Ct);

        Assert.Contains("error=\"invalid_token\"", $"{response.Headers.WwwAuthenticate}", StringComparison.Ordinal);
        Assert.Equal("invalid_token",
            JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("error").GetString());
    }

    // RFC 6750 §3.1.
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 2)]
    public async Task Two_tokens_are_refused_whichever_is_the_right_one(bool inHeader, int inBody)
    {
        var token = (await LogInAsync()).Tokens.AccessToken;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/userinfo")
        {
            Content = new FormUrlEncodedContent(Enumerable.Repeat(KeyValuePair.Create("access_token", token), inBody)),
        };
        if (inHeader) request.Headers.Add("Authorization", $"Bearer {token}");

        using var response = await SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("error=\"invalid_request\"", $"{response.Headers.WwwAuthenticate}", StringComparison.Ordinal);
    }

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value);
}

public sealed class UserInfoOnSqlite(IssuerOnSqlite running) : UserInfoTests(running), IClassFixture<IssuerOnSqlite>;

public sealed class UserInfoOnPostgres(IssuerOnPostgres running) : UserInfoTests(running), IClassFixture<IssuerOnPostgres>;
