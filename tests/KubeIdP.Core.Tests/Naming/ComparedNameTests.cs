using KubeIdP.Core.Naming;
using Xunit;

namespace KubeIdP.Core.Tests.Naming;

public sealed class ComparedNameTests
{
    [Theory]
    [InlineData("ALICE")]
    [InlineData("  alice ")]
    [InlineData("ａｌｉｃｅ")]
    [InlineData("al\u00adice")]
    [InlineData("alice\u200b")]
    [InlineData("\u202ealice")]
    [InlineData("a\u0301lice")]
    [InlineData("álice")]
    [InlineData("ⓐlice")]
    [InlineData("alice\t")]
    public void Spellings_of_one_name_are_one(string spelling) => Assert.Equal("alice", ComparedName.Of(spelling));

    [Theory]
    [InlineData("alice  of   the test", "alice of the test")]
    [InlineData("Σίσυφος", "σισυφοσ")]
    [InlineData("\ud800", "")]
    [InlineData("a\uffff\ufffe\udc00b\ufdd0", "ab")]
    [InlineData("", "")]
    [InlineData(" \u00a0 ", "")]
    public void Any_text_has_one(string name, string compared) => Assert.Equal(compared, ComparedName.Of(name));

    [Theory]
    [InlineData("alice", "alicia")]
    [InlineData("al ice", "alice")]
    [InlineData("alice", "аlice")]
    public void Names_of_different_letters_are_different(string one, string other) =>
        Assert.NotEqual(ComparedName.Of(one), ComparedName.Of(other));
}
