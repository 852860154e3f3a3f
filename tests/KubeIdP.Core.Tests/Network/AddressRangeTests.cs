using System.Net;
using KubeIdP.Core.Network;
using Xunit;

namespace KubeIdP.Core.Tests.Network;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData(" 192.0.2.7 ", "192.0.2.7")]
    [InlineData("192.000.002.007", "192.0.2.7")]
    [InlineData("010.0.0.1", "10.0.0.1")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("::FFFF:C000:0207", "192.0.2.7")]
    [InlineData("0:0:0:0:0:ffff:192.000.002.007", "192.0.2.7")]
    [InlineData("[::ffff:192.0.2.7]", "192.0.2.7")]
    [InlineData("2001:DB8:0:0:0:0:0:0001", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("fe80::1%eth0", "fe80::1")]
    [InlineData("fe80::1%3", "fe80::1")]
    [InlineData("192.0.2.7/32", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7/128", "192.0.2.7")]
    [InlineData("2001:db8::1/128", "2001:db8::1")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("192.0.2.7/31", "192.0.2.6/31")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0/8")]
    [InlineData("2001:0DB8::7/32", "2001:db8::/32")]
    [InlineData("::/0", "::/0")]
    public void Every_spelling_has_one_form(string typed, string canonical) =>
        Assert.Equal(canonical, AddressRange.Parse(typed)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("192.0.2.256")]
    [InlineData("192.0.2.-7")]
    [InlineData("192.0.2.+7")]
    [InlineData("192.0.2.0007")]
    [InlineData("192.0.2.7.8")]
    [InlineData("١٩٢.0.2.7")]
    [InlineData("192.0.2.7:443")]
    [InlineData("192.0.2.7%eth0")]
    [InlineData("[2001:db8::1]:443")]
    [InlineData("2001:db8::1::2")]
    [InlineData("fe80::1%")]
    [InlineData("%eth0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("2001:db8::/129")]
    [InlineData("::ffff:0:0/95")]
    public void What_is_no_address_and_no_network_is_none(string typed) => Assert.Null(AddressRange.Parse(typed));

    [Theory]
    [InlineData("10.0.0.0/8", "::ffff:10.9.8.7", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("::ffff:10.0.0.0/104", "10.9.8.7", true)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:ffff::1", false)]
    [InlineData("::/0", "192.0.2.7", false)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    public void An_address_is_in_a_network_however_it_came(string range, string address, bool isIn) =>
        Assert.Equal(isIn, AddressRange.Parse(range)!.Value.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("2001:db8::/32", "2001:db8:1:2::/64", true)]
    [InlineData("2001:db8:1:2::/64", "2001:db8:1:2::/64", true)]
    [InlineData("2001:db8:1:2::/64", "2001:db8::/32", false)]
    [InlineData("10.0.0.0/8", "10.1.0.0/16", true)]
    [InlineData("::/0", "10.1.0.0/16", false)]
    public void A_network_is_in_another(string range, string other, bool isIn) =>
        Assert.Equal(isIn, AddressRange.Parse(range)!.Value.Contains(AddressRange.Parse(other)!.Value));

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    public void An_address_counts_as_its_customer(string address, string counted) =>
        Assert.Equal(counted, AddressRange.CountedAs(IPAddress.Parse(address)).ToString());
}
