using KubeIdP.Cli.Network;
using Xunit;

namespace KubeIdP.Cli.Tests.Network;

public sealed class DiscoveryTests
{
    private const string Issuer = "https://idp.example.com";

    [Fact]
    public void The_endpoints_are_those_of_the_document()
    {
        var provider = Discovery.Interpret(Issuer, Document(Issuer), DateTimeOffset.UnixEpoch)!;

        Assert.Equal(new Uri($"{Issuer}/token"), provider.TokenEndpoint);
        Assert.Null(provider.DeviceAuthorizationEndpoint);
        Assert.False(provider.AnswersWithIssuer);
    }

    [Theory]
    [InlineData("https://idp.example.com/")]
    [InlineData("https://IDP.example.com")]
    [InlineData("https://idp.example.com:443")]
    public void An_issuer_that_differs_in_one_byte_is_another(string says)
    {
        var fault = Assert.Throws<CommandFault>(() => Discovery.Interpret(Issuer, Document(says), DateTimeOffset.UnixEpoch));

        Assert.Contains($"calls itself {says}", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://idp.example.com/token")]
    [InlineData("/token")]
    public void An_endpoint_without_TLS_is_refused(string endpoint) =>
        Assert.Throws<CommandFault>(() =>
            Discovery.Interpret(Issuer, Document(Issuer).Replace($"{Issuer}/token", endpoint), DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    public void What_is_no_document_is_none(string body) => Assert.Null(Discovery.Interpret(Issuer, body, DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData(0, true)]
    [InlineData(23, true)]
    [InlineData(24, false)]
    [InlineData(-1, false)]
    public void It_is_used_for_a_day(int hours, bool isUsable)
    {
        var provider = Discovery.Interpret(Issuer, Document(Issuer), DateTimeOffset.UnixEpoch)!;

        Assert.Equal(isUsable, provider.IsUsable(DateTimeOffset.UnixEpoch.AddHours(hours)));
    }

    [Theory]
    [InlineData("https://idp.example.com", true)]
    [InlineData("https://idp.example.com/tenant/", true)]
    [InlineData("http://idp.example.com", false)]
    [InlineData("idp.example.com", false)]
    [InlineData("https://idp.example.com?x", false)]
    [InlineData("https://idp.example.com#x", false)]
    [InlineData("https://alice@idp.example.com", false)]
    public void An_issuer_is_an_https_URL(string text, bool isIssuer)
    {
        if (isIssuer) Assert.Equal(text, IssuerUrl.Checked(text));
        else Assert.Throws<Misuse>(() => IssuerUrl.Checked(text));
    }

    private static string Document(string issuer) =>
        $$"""{"issuer":"{{issuer}}","authorization_endpoint":"{{Issuer}}/authorize","token_endpoint":"{{Issuer}}/token"}""";
}
