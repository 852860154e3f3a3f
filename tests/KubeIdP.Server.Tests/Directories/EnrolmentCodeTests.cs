using KubeIdP.Server.Directories;
using Xunit;

namespace KubeIdP.Server.Tests.Directories;

public sealed class EnrolmentCodeTests
{
    [Fact]
    public void A_code_is_four_groups_of_five_without_characters_that_look_alike()
    {
        Assert.Matches("^([2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}$", EnrolmentCode.Create());
    }

    [Fact]
    public void No_two_codes_are_alike()
    {
        Assert.NotEqual(EnrolmentCode.Create(), EnrolmentCode.Create());
    }

    [Theory]
    [InlineData("ABCDE-FGHJK-LMNPQ-23456")]
    [InlineData("abcde-fghjk-lmnpq-23456")]
    [InlineData("ABCDEFGHJKLMNPQ23456")]
    [InlineData("  abcde fghjk\tlmnpq\n23456 ")]
    public void However_it_is_typed_it_is_the_same_code(string typed)
    {
        Assert.Equal("ABCDEFGHJKLMNPQ23456", EnrolmentCode.Normalize(typed));
        Assert.Equal(EnrolmentCode.Hash("ABCDE-FGHJK-LMNPQ-23456"), EnrolmentCode.Hash(typed));
    }
}
