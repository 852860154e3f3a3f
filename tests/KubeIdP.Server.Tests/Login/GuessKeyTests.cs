using System.Net;
using KubeIdP.Data.Guessing;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Login;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

public sealed class GuessKeyTests
{
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.7");

    private static readonly GuessKeys Keys = new(new MasterKey(new byte[32]));

    [Fact]
    public void Spellings_of_one_account_count_together()
    {
        Assert.Equal(Keys.For("J\u00e9r\u00f4me", Home), Keys.For("je\u0301ro\u0302me", Home));
    }

    [Fact]
    public void Another_address_counts_for_itself()
    {
        var here = Keys.For("alice", Home);
        var there = Keys.For("alice", IPAddress.Parse("192.0.2.8"));

        Assert.NotEqual(here.Account, there.Account);
        Assert.NotEqual(here.Address, there.Address);
    }

    [Fact]
    public void Addresses_of_one_IPv6_network_count_together()
    {
        Assert.Equal(Keys.For("alice", IPAddress.Parse("2001:db8:1:2::1")), Keys.For("alice", IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.NotEqual(Keys.For("alice", IPAddress.Parse("2001:db8:1:2::1")), Keys.For("alice", IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public void An_IPv4_address_is_the_same_behind_a_dual_stack_socket()
    {
        Assert.Equal(Keys.For("alice", Home), Keys.For("alice", Home.MapToIPv6()));
    }

    // Another version or replica must find the same bucket.
    [Fact]
    public void Buckets_are_stable_and_within_bounds()
    {
        var key = Keys.For("alice", Home);

        Assert.InRange(key.Account, 0, FailureCounter.Buckets - 1);
        Assert.InRange(key.Marker, FailureCounter.Buckets, (2 * FailureCounter.Buckets) - 1);
        Assert.Equal(new GuessKey(36_560, 32_324, 91_197), key);
    }

    [Fact]
    public void Who_does_not_have_the_master_key_can_foresee_no_bucket()
    {
        var other = new GuessKeys(new MasterKey(Enumerable.Repeat((byte)1, 32).ToArray()));

        Assert.NotEqual(Keys.For("alice", Home), other.For("alice", Home));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("\ud800")]
    public void A_name_that_can_be_nobodys_is_counted_like_any_other(string username)
    {
        Assert.InRange(Keys.For(username, null).Account, 0, FailureCounter.Buckets - 1);
    }
}
