using KubeIdP.Core.Naming;
using Xunit;

namespace KubeIdP.Core.Tests.Naming;

public sealed class OutsideTextTests
{
    [Theory]
    [InlineData("because of ticket #42")]
    [InlineData("gr\u00f6\u00dfere \u00c4nderung \u2013 \u201eeilig\u201c")]
    [InlineData("\u5c71\u7530\u3055\u3093 \U0001f600")]
    [InlineData("a\u0301\u0302\u0303\u0304, \u05e9\u05c1\u05bc\u05b8\u0596")]
    [InlineData("")]
    public void A_line_that_everybody_can_read_is_taken(string text)
    {
        Assert.Null(OutsideText.FaultOf(text));
        Assert.Equal(text, OutsideText.Show(text));
    }

    [Theory]
    [InlineData("a\nb", "U+000A", false)]
    [InlineData("a\tb", "U+0009", false)]
    [InlineData("a\0b", "U+0000", true)]
    [InlineData("a\u007fb", "U+007F", true)]
    [InlineData("a\u202eb", "U+202E", true)]
    [InlineData("a\u2028b", "U+2028", true)]
    [InlineData("a\u200eb", "U+200E", true)]
    [InlineData("a\ufeffb", "U+FEFF", true)]
    [InlineData("a\u2800b", "U+2800", true)]
    [InlineData("a\U000e0041b", "U+E0041", true)]
    [InlineData("a\u0301\u0302\u0303\u0304\u0316b", "U+0316", true)] // drawn over the lines around
    [InlineData("a\u0301\u0302\u0303\u0304\u20dd", "U+20DD", true)]
    public void What_can_not_be_seen_is_named(string text, string number, bool inLinesToo)
    {
        Assert.Equal(number, OutsideText.HiddenIn(text));
        Assert.Equal(inLinesToo ? number : null, OutsideText.HiddenIn(text, TextKind.Lines));
        Assert.Null(OutsideText.HiddenIn(text, TextKind.Opaque));
        Assert.Null(OutsideText.HiddenIn(OutsideText.Show(text)));
    }

    [Fact]
    public void No_plane_has_a_noncharacter_that_passes()
    {
        for (var plane = 0; plane <= 16; plane++)
        {
            foreach (var last in (int[])[0xFFFE, 0xFFFF]) Assert.NotNull(OutsideText.HiddenIn(char.ConvertFromUtf32((plane << 16) + last)));
        }

        for (var value = 0xFDD0; value <= 0xFDEF; value++) Assert.NotNull(OutsideText.HiddenIn(char.ConvertFromUtf32(value)));
        Assert.NotNull(OutsideText.HiddenIn("a" + '\ud800'));
    }

    [Fact]
    public void A_text_is_cut_between_two_characters()
    {
        Assert.Equal("ab", OutsideText.Cut("abc", 2));
        Assert.Equal("a", OutsideText.Cut("a\U0001f600", 2));
        Assert.Equal("a\U0001f600", OutsideText.Cut("a\U0001f600b", 3));
    }
}
