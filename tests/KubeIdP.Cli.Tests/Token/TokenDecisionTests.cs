using KubeIdP.Cli.Store;
using KubeIdP.Cli.Token;
using Xunit;

namespace KubeIdP.Cli.Tests.Token;

public sealed class TokenDecisionTests
{
    private const long Start = 1_800_000_000_000;

    [Theory]
    [InlineData(10, false, false, true)]
    [InlineData(10, true, false, false)]

    // It has just replaced a refused one, so that was not the reason.
    [InlineData(5, true, true, true)]
    [InlineData(10, true, true, false)]
    [InlineData(55, false, false, false)]
    [InlineData(55, true, true, false)]
    public void A_fresh_token_is_served_unless_an_API_server_has_refused_it(int age, bool isRefused, bool afterRefusal, bool isServed) =>
        Assert.Equal(isServed, TokenDecision.IsServed(Record(afterRefusal), At(age), isRefused));

    [Fact]
    public void Where_there_is_none_it_is_fetched() => Assert.False(TokenDecision.IsServed(null, At(0), isRefused: false));

    [Theory]
    [InlineData(0, 50)]
    [InlineData(40, 50)]

    // Served past its margin, because the issuer is away.
    [InlineData(52, 59)]
    [InlineData(59, 59)]
    [InlineData(61, 61)]
    public void The_end_that_client_go_is_told_is_before_the_real_one(int age, int end) =>
        Assert.Equal((Start / 1000) + end, TokenDecision.Expiration(Record(), At(age)).ToUnixTimeSeconds());

    [Theory]
    [InlineData(55, true)]
    [InlineData(59, false)]
    [InlineData(100, false)]
    public void In_an_outage_a_token_is_served_until_just_before_its_end(int age, bool isValid) =>
        Assert.Equal(isValid, TokenDecision.IsStillValid(Record(), At(age)));

    private static Moment At(int age) => new(Start + (age * 1000L), 1_000_000 + (age * 1000L));

    private static ClusterRecord Record(bool afterRefusal = false) => new()
    {
        Version = 1, Issuer = "https://idp.example.com", Cluster = "prod", Login = "login", Token = "token", RefreshToken = "refresh",
        Life = new Lifespan(Start, 1_000_000, 60_000), AfterRefusal = afterRefusal,
    };
}
