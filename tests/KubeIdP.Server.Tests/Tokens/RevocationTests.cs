using System.Net;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

/// <summary>RFC 7009.</summary>
public abstract class RevocationTests(RunningIssuer running) : ProtocolTests(running)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Revoking_either_token_ends_the_grant(bool refreshToken)
    {
        var tokens = (await LogInAsync()).Tokens;

        var status = await RevokeAsync(Kubectl, refreshToken ? tokens.RefreshToken! : tokens.AccessToken);
        var refreshed = await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct);
        using var userInfo = await Kubectl.UserInfoAsync(tokens.AccessToken, Ct);

        Assert.Equal((HttpStatusCode.OK, "invalid_grant", HttpStatusCode.Unauthorized), (status, refreshed.Error, userInfo.StatusCode));
    }

    [Fact]
    public async Task Revoking_twice_is_no_error()
    {
        var tokens = (await LogInAsync()).Tokens;

        await RevokeAsync(Kubectl, tokens.RefreshToken!);

        Assert.Equal(HttpStatusCode.OK, await RevokeAsync(Kubectl, tokens.RefreshToken!));
    }

    [Fact]
    public async Task A_grant_of_the_same_session_with_another_client_lives_on()
    {
        var login = await LogInAsync();
        var web = await Web.LogInAsync(login.Browser, login.Account, Ct, ("scope", "openid offline_access"));

        await RevokeAsync(Kubectl, login.Tokens.RefreshToken!);

        Assert.True((await Web.RefreshAsync(web.RefreshToken!, Ct)).IsSuccess);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("a.b.c")]
    [InlineData("\u0001\ufffd")]
    public async Task An_unknown_token_is_no_error(string token) => Assert.Equal(HttpStatusCode.OK, await RevokeAsync(Kubectl, token));

    [Fact]
    public async Task Another_clients_token_is_not_revoked()
    {
        using var other = Issuer.CreateClient("kubernetes-es");
        var tokens = (await LogInAsync()).Tokens;

        await RevokeAsync(other, tokens.RefreshToken!);
        await RevokeAsync(Web, tokens.RefreshToken!);

        Assert.True((await Kubectl.RefreshAsync(tokens.RefreshToken!, Ct)).IsSuccess);
    }

    [Fact]
    public async Task A_confidential_client_must_show_its_secret()
    {
        using var impostor = Issuer.CreateClient("web", WebRedirect, "a-wrong-secret");
        var tokens = (await LogInAsync(Web, ("scope", "openid offline_access"))).Tokens;

        var status = await RevokeAsync(impostor, tokens.RefreshToken!);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.True((await Web.RefreshAsync(tokens.RefreshToken!, Ct)).IsSuccess);
    }

    [Fact]
    public async Task A_request_without_a_token_is_refused()
    {
        using var response = await Kubectl.PostAsync("connect/revoke", Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static async Task<HttpStatusCode> RevokeAsync(RelyingParty client, string token)
    {
        using var response = await client.PostAsync("connect/revoke", Ct, ("token", token));
        return response.StatusCode;
    }
}

public sealed class RevocationOnSqlite(IssuerOnSqlite running) : RevocationTests(running), IClassFixture<IssuerOnSqlite>;

public sealed class RevocationOnPostgres(IssuerOnPostgres running) : RevocationTests(running), IClassFixture<IssuerOnPostgres>;
