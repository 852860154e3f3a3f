using System.Text;
using CsCheck;
using KubeIdP.Connectors.Ldap;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

public sealed class AttributeTextTests
{
    [Theory]
    [InlineData("entryUUID", "6a1d", "0x6a1d", "j\u001d")]
    [InlineData("employeeNumber", "414200", "0x414200", "AB\0")]
    [InlineData("employeeNumber", "34373131", "4711", "4711")]
    [InlineData("uid", "616c696365", "alice", "alice")]
    [InlineData("uid", "7a6fc3ab", "zoë", "zoë")]
    [InlineData("uid", "30786666", "0x30786666", "0xff")]
    [InlineData("testBytes", "ff", "0xff", null)]
    [InlineData("testBytes", "efbfbd", "0xefbfbd", "\ufffd")]
    [InlineData("testBytes", "c3", "0xc3", null)]
    [InlineData("testBytes", "eda080", "0xeda080", null)]
    [InlineData("objectGUID", "00112233445566778899aabbccddeeff", "33221100-5544-7766-8899-aabbccddeeff",
        "33221100-5544-7766-8899-aabbccddeeff")]
    [InlineData("objectguid", "ff", "0xff", null)]
    [InlineData("objectSid", "01020000000000052000000020020000", "S-1-5-32-544", "S-1-5-32-544")]
    [InlineData("objectSid", "532d312d352d33322d353434", "0x532d312d352d33322d353434", null)]
    public void A_value_is_written_as_the_text_that_it_is_or_as_its_bytes(string attribute, string bytes, string identity, string? name)
    {
        var value = Convert.FromHexString(bytes);

        Assert.Equal((identity, name), (AttributeText.IdentityOf(attribute, value), AttributeText.NameOf(attribute, value)));
    }

    // What makes two entries two people.
    [Theory]
    [InlineData("employeeNumber")]
    [InlineData("objectGUID")]
    [InlineData("objectSid")]
    public void Every_value_has_an_identity_of_its_own_that_leads_back_to_it(string attribute) =>
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Byte.Array[16], Gen.String[0, 20].Select(Encoding.UTF8.GetBytes),
            Gen.Byte.Array[0, 8].Select(bytes => Encoding.UTF8.GetBytes("0x" + Convert.ToHexStringLower(bytes))))
            .Sample(value => Assert.Equal(value, AttributeText.ValueOfIdentity(attribute, AttributeText.IdentityOf(attribute, value))),
                iter: 20_000);

    [Theory]
    [InlineData("testBytes", "0xFF")]
    [InlineData("testBytes", "0xf")]
    [InlineData("testBytes", "0x61")]
    [InlineData("testBytes", "a\u200bb")]
    [InlineData("objectGUID", "alice")]
    [InlineData("objectGUID", "33221100-5544-7766-8899-AABBCCDDEEFF")]
    [InlineData("objectSid", "33221100-5544-7766-8899-aabbccddeeff")]
    [InlineData("objectSid", "\ufffd\ufffd")]
    public void An_identity_that_was_made_from_another_attribute_leads_nowhere(string attribute, string identity) =>
        Assert.Null(AttributeText.ValueOfIdentity(attribute, identity));
}
