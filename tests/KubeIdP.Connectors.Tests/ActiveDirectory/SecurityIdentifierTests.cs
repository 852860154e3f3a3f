using KubeIdP.Connectors.ActiveDirectory;
using Xunit;

namespace KubeIdP.Connectors.Tests.ActiveDirectory;

public sealed class SecurityIdentifierTests
{
    [Theory]
    [InlineData("010500000000000515000000C82EDE3BD3CB2A465AA3A62800020000", "S-1-5-21-1004416712-1177209811-682009434-512")]
    [InlineData("01020000000000052000000020020000", "S-1-5-32-544")]
    [InlineData("010100FFFFFFFFFF01000000", "S-1-0x00FFFFFFFFFF-1")]
    [InlineData("0100000000000001", "S-1-1")]
    public void A_SID_is_written_as_Windows_writes_it(string bytes, string text)
    {
        Assert.Equal(text, SecurityIdentifier.TextOf(Convert.FromHexString(bytes)));
        Assert.Equal(bytes, Convert.ToHexString(SecurityIdentifier.Parse(text)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("02020000000000052000000020020000")]
    [InlineData("010300000000000520000000200200")]
    [InlineData("01030000000000052000000020020000")]
    public void Other_bytes_are_none(string bytes) => Assert.Null(SecurityIdentifier.TextOf(Convert.FromHexString(bytes)));

    [Theory]
    [InlineData("")]
    [InlineData("S-1")]
    [InlineData("s-1-5-32-544")]
    [InlineData("S-1-5-032-544")]
    [InlineData("S-1-5-32-4294967296")]
    [InlineData("S-1-0x000000000005-32")]
    [InlineData("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16")]
    public void Other_texts_are_none(string text) => Assert.Null(SecurityIdentifier.Parse(text));
}
