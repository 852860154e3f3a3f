using System.Text;
using KubeIdP.Server.Factors.Totp;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

public sealed class TotpTests
{
    private static readonly byte[] Rfc6238Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238 Appendix B, SHA-1; the last six of its eight digits (RFC 4226 §5.3 takes the remainder).
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void The_vectors_of_the_RFC_match_at_their_step(long seconds, string code)
    {
        Assert.Equal(seconds / 30, TotpCodes.MatchedStep(Rfc6238Secret, code, At(seconds)));
    }

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public void One_step_either_side_is_accepted_and_no_more(int drift, bool accepted)
    {
        const long sent = 1111111110;

        var step = TotpCodes.MatchedStep(Rfc6238Secret, "050471", At(sent + drift));

        Assert.Equal(accepted ? sent / 30 : null, step);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("05047")]
    [InlineData("0504710")]
    [InlineData("-50471")]
    [InlineData("٠٥٠٤٧")]
    [InlineData("O5O471")]
    [InlineData("05047①")]
    [InlineData("05047x1")]
    public void What_is_not_six_digits_is_wrong(string? typed)
    {
        Assert.Null(TotpCodes.MatchedStep(Rfc6238Secret, typed, At(1111111111)));
    }

    [Theory]
    [InlineData(" 050 471 ")]
    [InlineData("050-471")]
    [InlineData("050‑471")]
    [InlineData("050–471")]
    [InlineData("050・471")]
    [InlineData("0.5.0.4.7.1")]
    [InlineData("０５０　４７１")]
    [InlineData("０５０ー４７１")] // the dash of a Japanese keyboard
    [InlineData("050\u0640471")] // and of an Arabic one
    [InlineData("٠٥٠٤٧١")]
    [InlineData("۰۵۰۴۷۱")]
    [InlineData("०५०४७१")]
    [InlineData("๐๕๐๔๗๑")]
    [InlineData("𝟎𝟓𝟎𝟒𝟕𝟏")]
    [InlineData("𞥐𞥕𞥐𞥔𞥗𞥑")]
    [InlineData("0️⃣5️⃣0️⃣4️⃣7️⃣1️⃣")]
    [InlineData("\u200E050\u00A0471\u200F")]
    [InlineData("\u202D050471\u202C")]
    [InlineData("\uFEFF050\u200B471\u2060")]
    [InlineData("050\u00AD471\u3164")]
    [InlineData("050\u2028471\u0000\r\n")]
    [InlineData("050\u180E\u034F471\uFFFE")]
    [InlineData("(050) 471")]
    public void Digits_of_every_script_count_and_other_characters_between_them_are_ignored(string typed)
    {
        Assert.NotNull(TotpCodes.MatchedStep(Rfc6238Secret, typed, At(1111111111)));
    }

    [Fact]
    public void A_new_secret_survives_its_base32_form()
    {
        var secret = TotpCodes.NewSecret();

        var text = TotpCodes.ToBase32(secret);

        Assert.Equal(32, text.Length);
        Assert.Equal(secret, TotpCodes.FromBase32(text));
    }

    [Fact]
    public void The_provisioning_uri_escapes_what_a_directory_may_put_into_a_name()
    {
        var uri = TotpCodes.ProvisioningUri(new TotpLabel("idp.example.com"), "a&b:c?", "ABCD");

        Assert.Equal("otpauth://totp/idp.example.com:a%26b%3Ac%3F?secret=ABCD&issuer=idp.example.com&algorithm=SHA1&digits=6&period=30",
            uri);
    }

    private static DateTimeOffset At(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);
}
