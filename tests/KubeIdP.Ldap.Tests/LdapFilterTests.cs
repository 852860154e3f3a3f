using System.Formats.Asn1;
using System.Text;
using CsCheck;
using Xunit;

namespace KubeIdP.Ldap.Tests;

public sealed class LdapFilterTests
{
    [Theory]
    [InlineData("(uid=alice)")]
    [InlineData("(&(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))")]
    [InlineData("(|(uid=a*b*c)(mail=*@kube.test)(cn=al*))")]
    [InlineData("(objectClass=*)")]
    [InlineData("(&(uidNumber>=1000)(uidNumber<=2000)(cn~=alice))")]
    [InlineData("(ou:dn:=people)")]
    [InlineData("(:2.5.13.5:=alice)")]
    [InlineData("(cn=with\\20space\\2aand\\28brackets\\29)")]
    [InlineData("(cn;lang-de=m\\c3\\bcller)")]
    public void Filters_are_read_and_written(string text) => Assert.Equal(text, LdapFilter.Parse(text).ToString());

    [Fact]
    public void A_filter_may_stand_on_several_lines() =>
        Assert.Equal("(&(objectClass=person)(uid=alice))", LdapFilter.Parse("(&\n  (objectClass=person)\n  (uid=alice)\n)").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("uid=alice")]
    [InlineData("(uid=alice")]
    [InlineData("(uid=alice))")]
    [InlineData("(uid=alice)(cn=x)")]
    [InlineData("(&)")]
    [InlineData("(!)")]
    [InlineData("(=alice)")]
    [InlineData("(u id=alice)")]
    [InlineData("(uid)")]
    [InlineData("(uid=a**b)")]
    [InlineData("(uid>=a*)")]
    [InlineData("(uid=\\zz)")]
    [InlineData("(uid=\\2)")]
    [InlineData("(uid=a(b)")]
    [InlineData("(uid:rule:more:=a)")]
    [InlineData("(:=a)")]
    [InlineData("(uid::=a)")]
    public void What_is_no_filter_is_refused(string text) => Assert.Throws<FormatException>(() => LdapFilter.Parse(text));

    [Fact]
    public void Nesting_is_bounded() =>
        Assert.Throws<FormatException>(() => LdapFilter.Parse(string.Concat(Enumerable.Repeat("(!", 100_000))));

    [Theory]
    [InlineData("*", "(uid=\\2a)")]
    [InlineData("admin)(|(uid=*", "(uid=admin\\29\\28|\\28uid=\\2a)")]
    [InlineData("\\2a", "(uid=\\5c2a)")]
    [InlineData("a\0b", "(uid=a\\00b)")]
    public void A_value_is_never_syntax(string value, string text) => Assert.Equal(text, LdapFilter.Equal("uid", value).ToString());

    [Fact]
    public void Any_value_is_read_back_as_it_was() => Gen.Byte.Array[0, 40].Sample(value =>
    {
        var text = LdapFilter.Equal("uid", value).ToString();

        Assert.Equal(value, Assert.IsType<LdapFilter.Compare>(LdapFilter.Parse(text)).Value);
    });

    [Fact]
    public void Any_text_is_a_filter_or_a_fault() => Gen.Char["()&|!=*\\:<>~ ab2."].Array[0, 30].Sample(characters =>
    {
        try
        {
            var filter = LdapFilter.Parse(new string(characters));
            Assert.Equal(filter.ToString(), LdapFilter.Parse(filter.ToString()).ToString());
            filter.WriteTo(new AsnWriter(AsnEncodingRules.BER));
        }
        catch (FormatException)
        {
            // Said.
        }
    }, iter: 100_000);

    [Fact]
    public void A_value_travels_as_bytes()
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);

        LdapFilter.Equal("uid", "*)(").WriteTo(writer);

        Assert.Equal("\u00a3\u000a\u0004\u0003uid\u0004\u0003*)(", Encoding.Latin1.GetString(writer.Encode()));
    }

    [Fact]
    public void A_name_that_is_none_is_refused_when_it_is_sent() =>
        Assert.Throws<ArgumentException>(() => LdapFilter.Equal("uid)(cn", "x").WriteTo(new AsnWriter(AsnEncodingRules.BER)));

    [Fact]
    public void A_choice_among_nothing_is_a_bug() => Assert.Throws<ArgumentException>(() => LdapFilter.AnyOf([]));
}
