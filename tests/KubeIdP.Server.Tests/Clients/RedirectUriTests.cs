using KubeIdP.Server.Clients;
using Xunit;

namespace KubeIdP.Server.Tests.Clients;

public sealed class RedirectUriTests
{
    /// <summary>Ways to be nearly the registered address, each of which has stolen codes somewhere.</summary>
    public static TheoryData<string> NotTheCallback =>
    [
        "https://app.example.test/callback/x", "https://app.example.test/callback/", "https://app.example.test/callback?a=b",
        "https://app.example.test/callback#f",
        "http://app.example.test/callback", "https://app.example.test:8443/callback", "https://app.example.test:443/callback",
        "https://app.example.test.evil.example/callback",
        "https://user@app.example.test/callback", "https://a@b@app.example.test/callback", "https://app.example.test@evil.example/callback",
        "https://app.example.test/x/..;/callback", "https://app.example.test/%2e%2e/callback", "https://app.example.test/./callback",
        "https://app.example.test\\callback",
        "https://app.example.test/\\callback", "https://app.example.test./callback", "https://app.example.test/CALLBACK",
        "https://APP.example.test/callback",
        "HTTPS://app.example.test/callback", "https://app.example.test/c%61llback", "https://app.example.test//callback",
        " https://app.example.test/callback",
        "https://app.example.test/callback ", "https://app.example.test/callback\0", "https://app.example.test/callback\n",
        "//app.example.test/callback", "/callback", "",
        "https://app.example.test/callback?=", "https://evil.example/?a&==", "https://evil.example?;=",
    ];

    public static TheoryData<string> NotTheLoopback =>
    [
        "http://127.0.0.1.evil.example/cb", "http://127.0.0.1@evil.example/cb", "http://127.0.0.1:80@evil.example/cb",
        "http://127.0.0.1:8000.evil.example/cb",
        "http://localhost@evil.example/cb", "http://localhost/cb", "http://127.0.0.1/", "http://127.0.0.1", "http://127.0.0.1:8000",
        "http://127.0.0.1/cb/x",
        "http://127.0.0.1/cb?a=b", "http://127.0.0.1/cb#f", "https://127.0.0.1/cb", "http://127.0.0.1:/cb", "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:999999/cb", "http://127.0.0.1:-1/cb", "http://127.0.0.1:8000\\@evil.example/cb", "http://127.0.0.1\\cb",
        "http://127.1/cb", "http://2130706433/cb",
        "http://127.0.0.2/cb", "http://[::1]/cb", "http://127.0.0.1:80:80/cb", "http://127.0.0.1:8000#@evil.example/cb",
        "http://user@127.0.0.1/cb",
    ];

    [Fact]
    public void The_registered_address_matches() =>
        Assert.True(RedirectUri.Matches("https://app.example.test/callback", "https://app.example.test/callback"));

    [Theory]
    [MemberData(nameof(NotTheCallback))]
    public void Nothing_but_the_registered_address_matches(string presented) =>
        Assert.False(RedirectUri.Matches("https://app.example.test/callback", presented));

    [Theory]
    [InlineData("http://127.0.0.1/cb")]
    [InlineData("http://127.0.0.1:1/cb")]
    [InlineData("http://127.0.0.1:8000/cb")]
    [InlineData("http://127.0.0.1:65535/cb")]
    public void The_port_of_a_loopback_address_is_free(string presented) =>
        Assert.True(RedirectUri.Matches("http://127.0.0.1/cb", presented));

    [Theory]
    [InlineData("http://localhost:8000", "http://localhost:18000")]
    [InlineData("http://[::1]:8000/cb", "http://[::1]:9000/cb")]
    [InlineData("http://localhost:8000/cb?x=1", "http://localhost:9/cb?x=1")]
    public void The_port_is_free_for_each_loopback_name(string registered, string presented) =>
        Assert.True(RedirectUri.Matches(registered, presented));

    [Theory]
    [MemberData(nameof(NotTheLoopback))]
    public void All_but_the_port_of_a_loopback_address_is_fixed(string presented) =>
        Assert.False(RedirectUri.Matches("http://127.0.0.1/cb", presented));

    [Fact]
    public void The_port_of_https_on_a_loopback_address_is_not_free() =>
        Assert.False(RedirectUri.Matches("https://localhost:8000/cb", "https://localhost:9000/cb"));
}
