using KubeIdP.Cli.Doctor.Sources;
using Xunit;

namespace KubeIdP.Cli.Tests.Doctor;

/// <summary>Which way kubectl and kubelogin take.</summary>
public sealed class ProxyVariableTests
{
    [Theory]
    [InlineData("https://idp.example.com", "", false)]
    [InlineData("https://idp.example.com", "example.com", true)]
    [InlineData("https://example.com", ".example.com", false)]
    [InlineData("https://idp.example.com", "*.example.com", true)]
    [InlineData("https://notexample.com", "example.com", false)]
    [InlineData("https://idp.example.com:6443", "idp.example.com:443", false)]
    [InlineData("https://idp.example.com:6443", "other, IDP.example.com:6443", true)]
    [InlineData("https://10.1.2.3:6443", "10.0.0.0/8", true)]
    [InlineData("https://192.0.2.1", "10.0.0.0/8", false)]
    [InlineData("https://192.0.2.1", "*", true)]
    [InlineData("https://[2001:db8::1]:6443", "2001:db8::/32", true)]
    public void No_proxy_excludes_as_in_Go(string url, string noProxy, bool isExcluded) =>
        Assert.Equal(isExcluded, ProxyVariables.IsExcluded(new Uri(url), noProxy));

    [Fact]
    public void Kubectl_never_uses_a_proxy_for_this_machine_and_knows_no_ALL_PROXY()
    {
        Assert.Null(ProxyVariables.OfGo(new Uri("https://localhost:6443"), Only("HTTPS_PROXY", "proxy:3128")));
        Assert.Null(ProxyVariables.OfGo(new Uri("https://127.0.0.2:6443"), Only("HTTPS_PROXY", "proxy:3128")));
        Assert.Null(ProxyVariables.OfGo(new Uri("https://idp.example.com"), Only("ALL_PROXY", "proxy:3128")));
    }

    [Fact]
    public void The_variable_is_named_and_its_proxy_needs_no_scheme()
    {
        var route = ProxyVariables.OfGo(new Uri("https://idp.example.com"), Only("https_proxy", "proxy:3128"));

        Assert.Equal(("https_proxy", "proxy:3128"), (route!.Source, route.Proxy.Authority));
    }

    [Fact]
    public void A_password_is_not_shown() =>
        Assert.Equal([("HTTPS_PROXY", "http://…@proxy:3128")], ProxyVariables.Set(Only("HTTPS_PROXY", "http://alice:secret@proxy:3128")));

    private static Func<string, string?> Only(string name, string value) => asked => asked == name ? value : null;
}
