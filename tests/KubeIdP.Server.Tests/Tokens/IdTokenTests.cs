using System.Net;
using System.Text.Json;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

/// <summary>What an API server reads.</summary>
public sealed class IdTokenTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    private static readonly string[] ClaimsOfACluster =
        ["acr", "amr", "at_hash", "aud", "auth_time", "azp", "email", "email_verified", "exp", "groups", "iat", "iss", "jti", "nonce",
            "preferred_username", "sid", "sub"];

    [Fact]
    public async Task A_clusters_token_says_who_signed_in_and_how_and_nothing_internal()
    {
        var login = await LogInAsync();
        var claims = login.Tokens.Claims;

        Assert.Equal("https://idp.example.test", claims.GetProperty("iss").GetString());
        Assert.Equal("kubernetes", claims.GetProperty("aud").GetString());
        Assert.Equal(login.Account.Username, claims.GetProperty("preferred_username").GetString());
        Assert.Equal("some-nonce", claims.GetProperty("nonce").GetString());
        Assert.Equal(JsonValueKind.False, claims.GetProperty("email_verified").ValueKind);
        Assert.Equal(60, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.InRange(claims.GetProperty("iat").GetInt64(), 0, Clock.GetUtcNow().ToUnixTimeSeconds());
        Assert.Empty(claims.EnumerateObject().Select(claim => claim.Name).Except(ClaimsOfACluster));
    }

    [Fact]
    public async Task A_subject_stays_the_same_over_logins_and_clients()
    {
        var login = await LogInAsync();
        using var browser = Issuer.CreateBrowser();

        var elsewhere = await Web.LogInAsync(browser, login.Account, Ct);

        Assert.Equal(Subject(login.Tokens), Subject(elsewhere));
    }

    [Fact]
    public async Task A_token_id_names_grant_and_generation()
    {
        var first = (await LogInAsync()).Tokens;
        var second = (await Kubectl.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();

        var ids = new[] { first, second }.Select(tokens => tokens.Claims.GetProperty("jti").GetString()!.Split('.')).ToList();

        Assert.Equal(ids[0][0], ids[1][0]);
        Assert.Equal(("1", "2"), (ids[0][1], ids[1][1]));
        Assert.Equal(1, await CountGrantsAsync(ids[0][0]));
    }

    [Fact]
    public async Task Only_the_first_token_carries_the_nonce()
    {
        var first = (await LogInAsync()).Tokens;

        var second = (await Kubectl.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();

        Assert.False(second.Claims.TryGetProperty("nonce", out _));
    }

    [Fact]
    public async Task A_login_without_a_nonce_gets_none()
    {
        Assert.False((await LogInAsync(("nonce", null))).Tokens.Claims.TryGetProperty("nonce", out _));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""["ops"]""")]
    [InlineData("""["ops","platform"]""")]
    public async Task Groups_are_an_array_however_many(string groups)
    {
        var login = await LogInAsync();
        await ExecuteAsync("UPDATE people SET groups = @groups WHERE id = @id", ("groups", groups), ("id", Subject(login.Tokens)));

        var tokens = (await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct)).Succeeded();
        var userInfo = await UserInfoAsync(tokens);

        Assert.Equal(groups, JsonSerializer.Serialize(tokens.Claims.GetProperty("groups")));
        Assert.Equal(groups, JsonSerializer.Serialize(userInfo.GetProperty("groups")));
    }

    [Theory]
    [InlineData("openid", "")]
    [InlineData("openid profile", "preferred_username")]
    [InlineData("openid email", "email email_verified")]
    [InlineData("openid groups", "groups")]
    public async Task A_web_client_sees_what_its_scopes_cover(string scope, string expected)
    {
        var login = await LogInAsync(Web, ("scope", scope));

        var seen = login.Tokens.Claims.EnumerateObject().Select(claim => claim.Name)
            .Intersect(["preferred_username", "email", "email_verified", "groups", "name"]);

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), seen.Order());
    }

    [Theory]
    [InlineData("system:masters")]
    [InlineData("SYSTEM:masters")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u202Eb")]
    [InlineData(" a")]
    public async Task A_name_that_kubernetes_must_not_see_never_reaches_a_token(string name)
    {
        var login = await LogInAsync();
        var id = Subject(login.Tokens);

        await ExecuteAsync("UPDATE people SET groups = @groups, display_name = @name, email = @name WHERE id = @id",
            ("groups", JsonSerializer.Serialize(new[] { name, "ops" })), ("name", name), ("id", id));
        var tokens = (await Kubectl.RefreshAsync(login.Tokens.RefreshToken!, Ct)).Succeeded();
        var userInfo = await UserInfoAsync(tokens);
        await ExecuteAsync("UPDATE people SET user_name = @name WHERE id = @id", ("name", name), ("id", id));
        var refused = await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct);

        foreach (var claims in new[] { tokens.Claims, userInfo })
        {
            Assert.Equal(["ops"], Strings(claims.GetProperty("groups")));
            Assert.DoesNotContain(claims.EnumerateObject(), claim => claim.Value.ToString() == name);
        }

        Assert.Equal("invalid_grant", refused.Error);
    }

    private async Task<int> CountGrantsAsync(string id) => await ExecuteAsync("UPDATE grants SET id = id WHERE id = @id", ("id", id));

    private async Task<JsonElement> UserInfoAsync(TokenAnswer tokens)
    {
        using var response = await Kubectl.UserInfoAsync(tokens.AccessToken, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;
    }
}
