using CsCheck;
using Xunit;

namespace KubeIdP.Ldap.Tests;

public sealed class DistinguishedNameTests
{
    [Theory]
    [InlineData("uid=alice,ou=people,dc=kube,dc=test", "UID=Alice, OU=People; DC=kube ,dc=test")]
    [InlineData("cn=Smith\\, John,dc=test", "cn=smith\\2c john,dc=test")]
    [InlineData("cn=a+sn=b,dc=test", "cn=a + sn=b,dc=test")]
    [InlineData("cn=müller,dc=test", "cn=m\\c3\\bcller,dc=test")]
    public void Spellings_of_one_name_are_one(string one, string other)
    {
        Assert.Equal(DistinguishedName.Parse(one), DistinguishedName.Parse(other));
        Assert.Equal(DistinguishedName.Parse(one).GetHashCode(), DistinguishedName.Parse(other).GetHashCode());
    }

    [Theory]
    [InlineData("cn=a,dc=test", "cn=a\\,dc=test")]
    [InlineData("cn=a,dc=test", "cn=a+dc=test")]
    [InlineData("cn=a", "cn=b")]
    public void Different_names_are_different(string one, string other) =>
        Assert.NotEqual(DistinguishedName.Parse(one), DistinguishedName.Parse(other));

    [Theory]
    [InlineData("alice")]
    [InlineData("=alice")]
    [InlineData("cn=a,")]
    [InlineData("cn=a\\")]
    [InlineData("c n=a")]
    public void What_is_no_name_is_refused(string text) => Assert.Null(DistinguishedName.TryParse(text));

    [Fact]
    public void A_value_put_into_a_name_stays_one_value()
    {
        var template = DistinguishedName.Parse("uid={username},ou=people,dc=test");

        Assert.Equal("uid=alice\\,ou\\=admins,ou=people,dc=test", template.Replace("{username}", "alice,ou=admins").ToString());
    }

    [Fact]
    public void Any_value_is_read_back_as_it_was() =>
        Gen.String[0, 20].Where(value => value.IsNormalized() && !value.Any(char.IsSurrogate)).Sample(value =>
    {
        var name = DistinguishedName.Parse("cn={x},dc=test").Replace("{x}", value);

        Assert.Equal(value, DistinguishedName.Parse(name.ToString()).FirstValueOf("CN"));
    });

    [Fact]
    public void Any_text_is_a_name_or_a_fault() => Gen.Char["=,+;\\\"# ab2c"].Array[0, 30].Sample(characters =>
    {
        if (DistinguishedName.TryParse(new string(characters)) is { } name) Assert.Equal(name, DistinguishedName.Parse(name.ToString()));
    }, iter: 100_000);
}
