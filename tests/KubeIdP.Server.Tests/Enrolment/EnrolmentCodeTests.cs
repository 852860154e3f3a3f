using KubeIdP.Server.Enrolment;
using Xunit;

namespace KubeIdP.Server.Tests.Enrolment;

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
    [InlineData("ＡＢＣＤＥ－ＦＧＨＪＫ－ＬＭＮＰＱ－２３４５６")]
    [InlineData("ａｂｃｄｅｆｇｈｊｋｌｍｎｐｑ٢٣٤٥٦")]
    [InlineData("ABCDE–FGHJK—LMNPQ−23456")]
    [InlineData("ABCDE\u2011FGHJK\u00ADLMNPQ\u200B23456\uFEFF")]
    [InlineData("\u202AABCDE.FGHJK_LMNPQ/23456\u202C")]
    [InlineData("ABCDE\u02BCFGHJK\u02C9LMNPQ\u07FA23456\u3005")]
    [InlineData("ABCDE\u0640FGHJK\u30FCLMNPQ\uFF702345\u3164\uA9CF\u0E466")]
    [InlineData("𝐀𝐁𝐂𝐃𝐄 FGHJK LMNPQ 𝟐𝟑𝟒𝟓𝟔")]
    public void However_it_is_typed_it_is_the_same_code(string typed)
    {
        Assert.Equal(EnrolmentCode.Hash("ABCDE-FGHJK-LMNPQ-23456"), EnrolmentCode.Hash(typed));
    }

    [Theory]
    [InlineData("ABCDE-FGHJK-LMNPQ-23457")]
    [InlineData("ABCDE-FGHJK-LMNPQ-\u00B23456")]
    [InlineData("\u0391BCDE-FGHJK-LMNPQ-23456")]
    [InlineData("\u1D2CABCDE-FGHJK-LMNPQ-23456")]
    [InlineData("ABCDE-FGHJK-LMNPQ-23456\u4E94")]
    public void Another_letter_or_digit_makes_another_code(string typed)
    {
        Assert.NotEqual(EnrolmentCode.Hash("ABCDE-FGHJK-LMNPQ-23456"), EnrolmentCode.Hash(typed));
    }
}
