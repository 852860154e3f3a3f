using KubeIdP.Data.Audit;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Tests.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Hosting;

/// <summary>Which proxies are trusted to say where a request comes from. The proxies are 192.0.2.0/24.</summary>
public sealed class ProxyTests(ProxyTests.BehindProxies running) : ProtocolTests(running), IClassFixture<ProxyTests.BehindProxies>
{
    [Theory]
    [InlineData("192.0.2.7", "203.0.113.9", "203.0.113.9")]
    [InlineData("192.0.2.7", "203.0.113.9, 192.0.2.8", "203.0.113.9")]
    [InlineData("192.0.2.7", "10.9.9.9, 203.0.113.9", "203.0.113.9")]
    [InlineData("192.0.2.7", "nonsense", "192.0.2.7")]
    [InlineData("192.0.2.7", null, "192.0.2.7")]
    [InlineData("198.51.100.1", "203.0.113.9", "198.51.100.1")]
    [InlineData("::ffff:192.0.2.7", "203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:198.51.100.1", "203.0.113.9", "198.51.100.1")]
    [InlineData("192.0.2.7", "::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("192.0.2.7", "203.0.113.9:4711, [::ffff:192.0.2.8]:4711", "203.0.113.9")]
    [InlineData("192.0.2.7", "2001:DB8:0:0::9", "2001:db8::9")]
    [InlineData("fe80::2%2", "fe80::9%3", "fe80::9")]
    [InlineData("fe80::1:2%2", "203.0.113.9", "fe80::1:2")]
    public async Task The_address_is_what_the_nearest_trusted_proxy_saw(string peer, string? forwarded, string address)
    {
        using var browser = Issuer.CreateBrowser(peer);
        browser.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example");
        browser.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "http");
        if (forwarded is not null) browser.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        var name = $"nobody-{Guid.NewGuid():N}";

        var page = await (await browser.GoAsync("/account", Ct)).Fill("Username", name).Fill("Password", "wrong").PressAsync("Sign in", Ct);

        Assert.DoesNotContain("evil.example", page.Content, StringComparison.Ordinal);
        await using var context = Database.CreateContext();
        Assert.Equal(address,
            (await context.AuditEvents.AsNoTracking().Where(entry => entry.Type == AuditEventType.LoginRefused).OrderBy(entry => entry.Id)
                .LastAsync(Ct)).Address);
    }

    [Theory]
    [InlineData("10.0.0.7", true)]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0/0", false)]
    [InlineData("::/0", false)]
    [InlineData("10.0.0.7/8", true)]
    [InlineData("::ffff:10.0.0.0/104", true)]
    [InlineData("fe80::7%eth0", true)]
    [InlineData("::ffff:0:0/96", false)]
    [InlineData("10.0.0.7/33", false)]
    [InlineData("10.7", false)]
    [InlineData("167772167", false)]
    [InlineData("ingress", false)]
    public void A_proxy_is_an_address_or_a_network(string text, bool isRight) => Assert.Equal(isRight, !ProxyRules.Check([text]).Any());

    public sealed class BehindProxies : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings) => settings with { Proxies = ["::FFFF:192.0.2.0/120", "FE80:0::/112"] };
    }
}
