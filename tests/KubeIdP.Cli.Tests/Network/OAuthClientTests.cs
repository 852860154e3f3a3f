using KubeIdP.Cli.Network;
using Xunit;

namespace KubeIdP.Cli.Tests.Network;

/// <summary>What decides about a login, and what does not.</summary>
public sealed class OAuthClientTests
{
    private static readonly Uri Endpoint = new("https://idp.example.com/connect/token");

    [Theory]
    [InlineData(400, "invalid_grant", true)]
    [InlineData(400, "invalid_target", false)]
    [InlineData(401, "invalid_client", false)]
    [InlineData(400, "authorization_pending", false)]
    public void A_refusal_is_one_only_with_an_error_of_OAuth(int status, string error, bool isOver)
    {
        var body = $$"""{"error":"{{error}}","error_description":"Said \u001b[31mby the server. (reference r)"}""";

        var answer = OAuthClient.Interpret(Endpoint, new HttpAnswer(status, body));

        var refused = Assert.IsType<OAuthAnswer.Refused>(answer);
        Assert.Equal((error, isOver), (refused.Error, refused.IsOver));
        Assert.Equal("Said  [31mby the server. (reference r)", refused.Sentence);
    }

    [Theory]
    [InlineData(503, """{"error":"temporarily_unavailable","error_description":"The database is away."}""", "The database is away.")]
    [InlineData(500, """{"error":"invalid_grant"}""", "can't answer now (status 500)")]
    [InlineData(502, "<html>Bad gateway</html>", "can't answer now (status 502)")]
    [InlineData(429, "", "can't answer now (status 429)")]
    [InlineData(400, """{"error":"server_error"}""", "can't answer now")]
    [InlineData(400, "<html>Sign in to the network</html>", "not as an issuer does")]
    [InlineData(400, """{"error":5}""", "not as an issuer does")]
    [InlineData(404, """{"error":"invalid_grant"}""", "not as an issuer does")]
    [InlineData(302, "", "not as an issuer does")]
    [InlineData(200, "<html>Sign in to the network</html>", "not as an issuer does")]
    [InlineData(200, "null", "not as an issuer does")]
    public void Whatever_else_comes_is_an_outage_which_ends_no_login(int status, string body, string sentence) =>
        Assert.Contains(sentence,
            Assert.Throws<Outage>(() => OAuthClient.Interpret(Endpoint, new HttpAnswer(status, body))).Message, StringComparison.Ordinal);
}
