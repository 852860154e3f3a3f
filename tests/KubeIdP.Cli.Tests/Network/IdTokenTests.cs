using System.Buffers.Text;
using System.Text;
using KubeIdP.Cli.Network;
using Xunit;

namespace KubeIdP.Cli.Tests.Network;

public sealed class IdTokenTests
{
    private const string Issuer = "https://idp.example.com";

    [Theory]
    [InlineData("""{"iss":"https://idp.example.com","aud":"prod"}""", true)]
    [InlineData("""{"iss":"https://idp.example.com","aud":["other","prod"]}""", true)]
    [InlineData("""{"iss":"https://idp.example.com","aud":"Prod"}""", false)]
    [InlineData("""{"iss":"https://idp.example.com","aud":[1]}""", false)]
    [InlineData("""{"iss":"https://idp.example.com"}""", false)]
    [InlineData("""{"iss":"https://idp.example.com/","aud":"prod"}""", false)]
    [InlineData("""{"aud":"prod"}""", false)]
    [InlineData("[]", false)]
    [InlineData("{", false)]
    public void A_token_is_used_only_from_this_issuer_and_for_this_client(string claims, bool isUsed) =>
        Assert.Equal(isUsed, IdToken.FaultOf(Read(claims), Issuer, "prod") is null);

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.%.c")]
    [InlineData("a..c")]
    public void What_is_no_JWT_is_none(string token) => Assert.Null(IdToken.Read(token));

    [Theory]
    [InlineData("""{"iat":100,"exp":160}""", 60)]
    [InlineData("""{"iat":160,"exp":100}""", null)]
    [InlineData("""{"exp":100}""", null)]
    public void Its_lifetime_is_between_its_own_times(string claims, int? seconds) =>
        Assert.Equal(seconds, Read(claims)!.Lifetime?.TotalSeconds);

    private static IdToken? Read(string claims) => IdToken.Read($"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln");
}
