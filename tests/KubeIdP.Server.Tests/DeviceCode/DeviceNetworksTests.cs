using System.Net;
using KubeIdP.Server.DeviceCode;
using Xunit;

namespace KubeIdP.Server.Tests.DeviceCode;

public sealed class DeviceNetworksTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("2001:db8::1", "2001:db8::2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("127.0.0.1", "::1", true)]
    [InlineData("127.0.0.1", "192.0.2.7", false)]
    [InlineData("192.0.2.7", null, false)]
    [InlineData(null, null, false)]
    public void One_address_is_the_same_network_and_of_IPv6_one_customer(string? machine, string? browser, bool same)
    {
        Assert.Equal(same, DeviceNetworks.IsSame(Parse(machine), Parse(browser)));
        Assert.Equal(same, DeviceNetworks.Allows(new DeviceCodeOptions { SameNetwork = true }, Parse(machine), Parse(browser)));
        Assert.True(DeviceNetworks.Allows(new DeviceCodeOptions(), Parse(machine), Parse(browser)));
    }

    [Theory]
    [InlineData("10.1.2.3", "10.9.9.9", true)]
    [InlineData("10.1.2.3", "192.168.0.1", false)]
    [InlineData("10.1.2.3", "198.51.100.1", false)]
    [InlineData("10.1.2.3", null, false)]
    public void Both_must_be_in_one_of_the_networks(string machine, string? browser, bool allowed)
    {
        var options = new DeviceCodeOptions { SameNetwork = true, Networks = ["10.0.0.0/8", "192.168.0.0/16"] };

        Assert.Equal(allowed, DeviceNetworks.Allows(options, Parse(machine), Parse(browser)));
    }

    [Theory]
    [InlineData("00:04:59", false, null, "deviceCode.sessionLifetime")]
    [InlineData("12:00:01", false, null, "deviceCode.sessionLifetime")]
    [InlineData("12:00:00", false, null, null)]
    [InlineData(null, true, "10.0.0.0/8", null)]
    [InlineData(null, true, "10.0.0.0/33", "deviceCode.networks[0]")]
    [InlineData(null, false, "10.0.0.0/8", "deviceCode.networks")]
    public void What_can_not_be_meant_is_refused_at_the_start(string? lifetime, bool sameNetwork, string? network, string? fault)
    {
        var options = new DeviceCodeOptions
        {
            SessionLifetime = lifetime is null ? null : TimeSpan.Parse(lifetime, null), SameNetwork = sameNetwork,
            Networks = network is null ? [] : [network],
        };

        Assert.Equal(fault, DeviceCodeRules.Check(options, new Server.Sessions.SessionOptions()).SingleOrDefault()?.Place);
    }

    [Theory]
    [InlineData(null, 12, 8)]
    [InlineData(null, 4, 4)]
    [InlineData(2, 12, 2)]
    public void A_session_by_device_code_is_never_longer_than_others(int? own, int absolute, int expected) => Assert.Equal(
        TimeSpan.FromHours(expected),
        new DeviceCodeOptions { SessionLifetime = own is null ? null : TimeSpan.FromHours(own.Value) }
            .LifetimeWithin(TimeSpan.FromHours(absolute)));

    private static IPAddress? Parse(string? address) => address is null ? null : IPAddress.Parse(address);
}
