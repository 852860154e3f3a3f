using KubeIdP.Server.Web;
using Xunit;

namespace KubeIdP.Server.Tests.Web;

/// <summary>How the policy of a page names an address (CSP Level 3 §2.3.1).</summary>
public sealed class FormRedirectTests
{
    [Theory]
    [InlineData("http://localhost:8000", "http://localhost:8000", "http://localhost:8000")]
    [InlineData("http://127.0.0.1:8000/callback?x=1", "http://127.0.0.1:8000", "http://127.0.0.1:8000/callback")]
    [InlineData("https://app.example.com", "https://app.example.com", "https://app.example.com")]
    [InlineData("https://app.example.com?x", "https://app.example.com", "https://app.example.com")]
    [InlineData("https://APP.example.com/a/~b_c-d.e", "https://APP.example.com", "https://APP.example.com/a/~b_c-d.e")]
    [InlineData("https://app.example.com/cb;a", "https://app.example.com", "https://app.example.com")]
    [InlineData("https://app.example.com/cb,a", "https://app.example.com", "https://app.example.com")]
    [InlineData("https://app.example.com/%3b", "https://app.example.com", "https://app.example.com")]
    [InlineData("https://my_app.example.com/cb", "https:", "https:")]
    [InlineData("https://app.example.com./cb", "https:", "https:")]
    [InlineData("https://[2001:db8::1]:8443/cb", "https:", "https:")]
    [InlineData("http://[::1]:8000", "http:", "http:")]
    public void What_it_can_name_it_names(string address, string origin, string exactly)
    {
        Assert.Equal((origin, exactly), (FormRedirect.OriginOf(address), FormRedirect.AddressOf(address)));
    }

    [Theory]
    [InlineData("https://a@app.example.com")]
    [InlineData("https://*.example.com")]
    [InlineData("https://a.example.com; script-src *")]
    [InlineData("https://a.example.com http://evil.example")]
    [InlineData("https://a.example.com,default-src *")]
    [InlineData("https://a.example.com\r\nX: y")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https:")]
    [InlineData("*")]
    [InlineData("")]
    public void Nothing_else_gets_into_the_policy(string text)
    {
        Assert.Contains(FormRedirect.OriginOf(text), new[] { "https:", "http:" });
        Assert.Contains(FormRedirect.AddressOf(text), new[] { "https:", "http:" });
    }
}
