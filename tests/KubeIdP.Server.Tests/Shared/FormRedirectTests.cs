using KubeIdP.Server.Shared;
using Xunit;

namespace KubeIdP.Server.Tests.Shared;

public sealed class FormRedirectTests
{
    [Theory]
    [InlineData("http://localhost:8000", true)]
    [InlineData("http://127.0.0.1:8000", true)]
    [InlineData("https://app.example.com", true)]
    [InlineData("https://app.example.com/", false)]
    [InlineData("https://app.example.com/cb", false)]
    [InlineData("https://APP.example.com", false)]
    [InlineData("https://a@app.example.com", false)]
    [InlineData("https://*.example.com", false)]
    [InlineData("https://a.example.com; script-src *", false)]
    [InlineData("https://a.example.com http://evil.example", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("https:", false)]
    [InlineData("*", false)]
    [InlineData("", false)]
    public void Only_an_origin_gets_into_the_policy(string text, bool allowed)
    {
        Assert.Equal(allowed, FormRedirectFeature.IsOrigin(text));
    }
}
