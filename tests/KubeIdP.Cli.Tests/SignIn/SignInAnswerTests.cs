using KubeIdP.Cli.Network;
using KubeIdP.Cli.SignIn;
using Xunit;

namespace KubeIdP.Cli.Tests.SignIn;

/// <summary>What comes back to this machine, which anybody may have sent.</summary>
public sealed class SignInAnswerTests
{
    private static readonly Uri Endpoint = new("https://idp.example.com/x");

    [Theory]
    [InlineData("iss=https://idp.example.com code=c", null)]
    [InlineData("iss=https://idp.example.com", "without a code")]
    [InlineData("iss=https://idp.example.com error=access_denied", "refused the sign-in: access_denied")]
    [InlineData("iss=https://idp.example.com error=access_denied error_description=Disabled.", "Disabled.")]
    [InlineData("iss=https://evil.example.com code=c", "is not from https://idp.example.com")]
    [InlineData("iss=https://evil.example.com error=x error_description=Lies", "is not from https://idp.example.com")]
    [InlineData("code=c", "is not from https://idp.example.com")]
    public void An_answer_counts_only_from_the_issuer(string parameters, string? fault)
    {
        var values = parameters.Split(' ').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

        var found = BrowserSignIn.FaultOf(Provider(answersWithIssuer: true), name => values.GetValueOrDefault(name));

        if (fault is null) Assert.Null(found);
        else Assert.Contains(fault, found, StringComparison.Ordinal);
    }

    [Fact]
    public void An_issuer_that_does_not_announce_it_need_not_name_itself() =>
        Assert.Null(BrowserSignIn.FaultOf(Provider(answersWithIssuer: false), name => name == "code" ? "c" : null));

    [Theory]
    [InlineData("GET /?code=a%20b&state=s HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n", true)]
    [InlineData("GET /?code=a+b&state=s HTTP/1.1\r\nhost: localhost:8000\r\n\r\n", true)]
    [InlineData("GET /?code=a&code=b HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n", false)]
    [InlineData("GET /?code=a HTTP/1.1\r\nHost: evil.example.com:8000\r\n\r\n", false)]
    [InlineData("GET /?code=a HTTP/1.1\r\n\r\n", false)]
    [InlineData("GET /favicon.ico HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n", false)]
    [InlineData("POST /?code=a HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n", false)]
    [InlineData("", false)]
    public void A_request_to_the_loopback_address_is_read_strictly(string request, bool isRead)
    {
        var parameters = LoopbackServer.Parameters(request, 8000);

        Assert.Equal(isRead, parameters is not null);
        if (isRead) Assert.Equal("a b", parameters!["code"]);
    }

    [Fact]
    public void What_a_server_says_is_text_on_the_page() =>
        Assert.Contains("&lt;script&gt;", AnswerPage.Failed("<script>").Html, StringComparison.Ordinal);

    [Theory]
    [InlineData("authorization_pending", 5, 5)]
    [InlineData("slow_down", 5, 10)]
    [InlineData("slow_down", 10, 15)]
    [InlineData("access_denied", 5, null)]
    [InlineData("expired_token", 5, null)]
    [InlineData("invalid_grant", 5, null)]
    public void A_poll_is_followed_by_another_only_while_nobody_has_decided(string error, int interval, int? next) =>
        Assert.Equal(next, DeviceSignIn.Next(error, TimeSpan.FromSeconds(interval))?.TotalSeconds);

    private static Provider Provider(bool answersWithIssuer) =>
        new("https://idp.example.com", Endpoint, Endpoint, null, null, answersWithIssuer, DateTimeOffset.UnixEpoch);
}
