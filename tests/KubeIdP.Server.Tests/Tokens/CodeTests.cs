using System.Net;
using KubeIdP.Server.Tests.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

public abstract class CodeTests(RunningIssuer running) : ProtocolTests(running)
{
    [Fact]
    public async Task A_code_with_its_verifier_becomes_tokens_that_nobody_stores()
    {
        var code = await NewCodeAsync(Kubectl);

        using var response = await Kubectl.PostAsync("connect/token", Ct,
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Kubectl.RedirectUri),
            ("code_verifier", Kubectl.Verifier));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong-verifier-wrong-verifier-wrong-verifier")]
    [InlineData("short")]
    public async Task A_wrong_verifier_gets_nothing_and_does_not_burn_the_code(string? verifier)
    {
        var code = await NewCodeAsync(Kubectl);

        var refused = await Kubectl.RedeemAsync(code, Ct, ("code_verifier", verifier));
        var right = await Kubectl.RedeemAsync(code, Ct);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (refused.Status, refused.Error));
        Assert.True(right.IsSuccess);
    }

    [Fact]
    public async Task A_challenge_of_a_confidential_client_counts_too()
    {
        var code = await NewCodeAsync(Web);

        Assert.Equal("invalid_grant", (await Web.RedeemAsync(code, Ct, ("code_verifier", null))).Error);
    }

    [Fact]
    public async Task A_verifier_without_a_challenge_is_refused()
    {
        var code = await NewCodeAsync(Web, ("code_challenge", null), ("code_challenge_method", null));

        Assert.False((await Web.RedeemAsync(code, Ct)).IsSuccess);
    }

    [Fact]
    public async Task A_confidential_client_may_go_without_a_challenge()
    {
        var code = await NewCodeAsync(Web, ("code_challenge", null), ("code_challenge_method", null));

        Assert.True((await Web.RedeemAsync(code, Ct, ("code_verifier", null))).IsSuccess);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public async Task A_code_that_comes_twice_ends_what_the_first_got(int seconds)
    {
        var code = await NewCodeAsync(Kubectl);
        var first = (await Kubectl.RedeemAsync(code, Ct)).Succeeded();

        Clock.Advance(TimeSpan.FromSeconds(seconds));
        var second = await Kubectl.RedeemAsync(code, Ct);
        var refreshed = await Kubectl.RefreshAsync(first.RefreshToken!, Ct);
        using var userInfo = await Kubectl.UserInfoAsync(first.AccessToken, Ct);

        Assert.Equal(("invalid_grant", "invalid_grant", HttpStatusCode.Unauthorized), (second.Error, refreshed.Error, userInfo.StatusCode));
    }

    [Fact]
    public async Task Of_twenty_that_redeem_one_code_at_once_one_gets_tokens()
    {
        var code = await NewCodeAsync(Kubectl);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Kubectl.RedeemAsync(code, Ct), Ct)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => !answer.IsSuccess), answer => Assert.Equal("invalid_grant", answer.Error));
    }

    [Fact]
    public async Task Another_clients_code_is_refused_and_not_burnt()
    {
        using var other = Issuer.CreateClient("kubernetes-es");
        var code = await NewCodeAsync(Kubectl);

        var refused = await other.RedeemAsync(code, Ct, ("code_verifier", Kubectl.Verifier));
        var right = await Kubectl.RedeemAsync(code, Ct);

        Assert.Equal("invalid_grant", refused.Error);
        Assert.True(right.IsSuccess);
    }

    [Theory]
    [InlineData("http://localhost:8001")]
    [InlineData("http://127.0.0.1:8000/callback")]
    [InlineData(null)]
    public async Task Another_redirect_address_is_refused(string? redirect)
    {
        var code = await NewCodeAsync(Kubectl);

        var answer = await Kubectl.RedeemAsync(code, Ct, ("redirect_uri", redirect));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(answer.Error, new[] { "invalid_grant", "invalid_request" });
    }

    /// <summary>
    /// As kubelogin's authcode-keyboard needs it: the browser shows its address, nobody decodes what stands there, and a terminal takes a
    /// line of 1024 characters (macOS, MAX_CANON).
    /// </summary>
    [Fact]
    public async Task A_code_can_be_copied_out_of_the_address_and_typed_within_a_minute()
    {
        var code = await NewCodeAsync(Kubectl);

        Clock.Advance(TimeSpan.FromSeconds(59));

        Assert.Equal(code, Uri.EscapeDataString(code));
        Assert.InRange(code.Length, 1, 1000);
        (await Kubectl.RedeemAsync(code, Ct)).Succeeded();
    }

    [Fact]
    public async Task A_code_lives_a_minute()
    {
        var code = await NewCodeAsync(Kubectl);

        Clock.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal("invalid_grant", (await Kubectl.RedeemAsync(code, Ct)).Error);
    }

    [Fact]
    public async Task A_code_is_no_refresh_token_and_a_refresh_token_no_code()
    {
        var code = await NewCodeAsync(Kubectl);
        var tokens = (await LogInAsync()).Tokens;

        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(code, Ct)).Error);
        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(tokens.AccessToken, Ct)).Error);
        Assert.Equal("invalid_grant", (await Kubectl.RefreshAsync(tokens.IdToken, Ct)).Error);
        Assert.Equal("invalid_grant", (await Kubectl.RedeemAsync(tokens.RefreshToken!, Ct)).Error);
    }
}

public sealed class CodeOnSqlite(IssuerOnSqlite running) : CodeTests(running), IClassFixture<IssuerOnSqlite>;

public sealed class CodeOnPostgres(IssuerOnPostgres running) : CodeTests(running), IClassFixture<IssuerOnPostgres>;
