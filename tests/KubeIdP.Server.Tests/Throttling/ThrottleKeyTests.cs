using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Throttling;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Throttling;
using Xunit;

namespace KubeIdP.Server.Tests.Throttling;

public sealed class ThrottleKeyTests
{
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.7");

    private static readonly ConnectorId Corp = new("corp");

    private static readonly ThrottleKeys Keys = new(new MasterKey(new byte[32]));

    [Fact]
    public void What_was_typed_for_an_account_that_was_found_does_not_matter()
    {
        Assert.Equal(Keys.For(Found("alice"), Home), Keys.For(Found("Alice.Archer@example.com"), Home));
        Assert.NotEqual(Keys.For(Found("alice"), Home).Account, Keys.For(Found("alice") with { UpstreamId = "2" }, Home).Account);
        Assert.NotEqual(Keys.For(Found("alice"), Home).Account, Keys.For(Found("alice") with { UpstreamId = null }, Home).Account);
    }

    [Fact]
    public void Names_that_nobody_has_are_compared_as_a_directory_does()
    {
        Assert.Equal(Keys.For(Named("J\u00e9r\u00f4me"), Home), Keys.For(Named(" je\u0301ro\u0302me "), Home));
        Assert.Equal(Keys.For(Named("alice"), Home), Keys.For(Named("\uff21\uff2c\uff29\uff23\uff25"), Home));
    }

    // Two connectors may lead to one directory.
    [Fact]
    public void What_reaches_a_directory_is_counted_for_the_account_from_every_browser_and_address()
    {
        var here = Keys.For(Found("alice"), Home);
        var there = Keys.For(Found("alice") with { Connector = new("other") }, IPAddress.Parse("203.0.113.1"));

        Assert.Equal(here.LockOut, there.LockOut);
        Assert.NotEqual(here.Account, there.Account);
    }

    [Fact]
    public void An_administrator_forgives_an_account_as_it_was_found_and_by_its_name()
    {
        Assert.Equal([Keys.For(Found("x"), Home).Marker, Keys.For(Named("Alice"), Home).Marker], Keys.MarkersOf(Corp, "1", "alice"));
    }

    [Fact]
    public void Another_address_counts_for_itself()
    {
        var here = Keys.For(Named("alice"), Home);
        var there = Keys.For(Named("alice"), IPAddress.Parse("192.0.2.8"));

        Assert.NotEqual(here.Account, there.Account);
        Assert.NotEqual(here.Address, there.Address);
    }

    [Fact]
    public void Addresses_of_one_IPv6_network_count_together()
    {
        Assert.Equal(Keys.For(Named("alice"), IPAddress.Parse("2001:db8:1:2::1")),
            Keys.For(Named("alice"), IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.NotEqual(Keys.For(Named("alice"), IPAddress.Parse("2001:db8:1:2::1")),
            Keys.For(Named("alice"), IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public void An_IPv4_address_is_the_same_behind_a_dual_stack_socket()
    {
        Assert.Equal(Keys.For(Named("alice"), Home), Keys.For(Named("alice"), Home.MapToIPv6()));
    }

    // Another version or replica must find the same bucket.
    [Fact]
    public void Buckets_are_stable_and_within_bounds()
    {
        var key = Keys.For(Named("alice"), Home);

        int[] buckets = [key.Account, key.Marker, key.Address, key.Spray, key.LockOut, key.Recent];
        Assert.Equal([0, 1, 2, 3, 5, 7], buckets.Select(bucket => bucket / FailureCounter.Buckets));
        Assert.Equal(new ThrottleKey(57_101, 193_473, 222_697, 373_363, key.Recent, 97_045), key);
    }

    [Fact]
    public void Without_the_master_key_nobody_can_predict_a_bucket()
    {
        var other = new ThrottleKeys(new MasterKey(Enumerable.Repeat((byte)1, 32).ToArray()));

        Assert.NotEqual(Keys.For(Named("alice"), Home), other.For(Named("alice"), Home));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("\ud800")]
    public void A_name_that_can_be_nobodys_is_counted_like_any_other(string username)
    {
        Assert.InRange(Keys.For(Named(username), null).Account, 0, FailureCounter.Buckets - 1);
    }

    private static TriedAccount Found(string typed) => new(Corp, "1", typed);

    private static TriedAccount Named(string typed) => new(Corp, null, typed);
}
