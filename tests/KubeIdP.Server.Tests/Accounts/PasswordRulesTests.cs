using KubeIdP.Server.Accounts;
using Xunit;

namespace KubeIdP.Server.Tests.Accounts;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("seven quiet herons")]
    [InlineData("correct horse battery staple")]
    [InlineData("xK9#mQ2$vL7@pR4")]
    [InlineData("brown cows jump")]
    [InlineData("пятнадцать слов о море")]
    [InlineData("my kubernetes has eleven nodes")]
    [InlineData("!?#%&/()=+*-_.:")]
    public void Long_and_unexpected_is_all_that_is_asked(string password)
    {
        Assert.Null(PasswordRules.FaultOf(password, "alice"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("fourteen chars")]
    [InlineData("🦩🦩🦩🦩🦩🦩🦩🦩🦩🦩")]
    public void Less_than_fifteen_characters_are_too_few(string password) => AssertFault("15 to 1024", password);

    [Fact]
    public void More_than_1024_are_too_many() =>
        AssertFault("15 to 1024", string.Concat(Enumerable.Range(0, 1025).Select(i => (char)('a' + i * 7 % 26))));

    [Fact]
    public void A_zero_which_the_hash_would_not_tell_is_refused() => AssertFault("NUL character", "seven quiet herons\0");

    [Theory]
    [InlineData("aaaaaaaaaaaaaaa")]
    [InlineData("abcabcabcabcabc")]
    [InlineData("Ab1 Ab1 Ab1 Ab1 Ab1 ")]
    [InlineData("...............")]
    public void Repetition_is_no_length(string password) => AssertFault("repeats", password);

    [Theory]
    [InlineData("123456789012345")]
    [InlineData("abcdefghijklmno")]
    [InlineData("987654321zyxwvut")]
    [InlineData("qwertyuiopasdfgh")]
    [InlineData("QWERTY-12345-asdfgh-67890")]
    [InlineData("1q2w3e4r5t6y7u8i")]
    public void Rows_of_keys_and_letters_are_no_passwords(string password) => AssertFault("neighbouring", password);

    [Theory]
    [InlineData("alice.liddell", "alice.liddell2026")]
    [InlineData("alice.liddell", "AL1CE.Liddell!!!!!!")]
    [InlineData("alice.liddell", "A1ice.Liddell!!!!!!")]
    [InlineData("alice@example.com", "alice1!alice2!alice3!")]
    [InlineData("alice@example.com", "alice@example.com1")]
    public void The_user_name_is_no_password(string username, string password) =>
        Assert.Contains("user name", PasswordRules.FaultOf(password, username), StringComparison.Ordinal);

    [Theory]
    [InlineData("passwordpassword")]
    [InlineData("P@ssw0rd P@ssw0rd")]
    [InlineData("Kubernetes2026!!!!")]
    [InlineData("kubeidp-admin-2026")]
    [InlineData("The quick brown fox jumps over the lazy dog")]
    [InlineData("maytheforcebewithyou1")]
    [InlineData("thisismypassword")]
    [InlineData("Welcome12345678")]
    [InlineData("password1password1password1")]
    public void What_many_choose_is_no_password_however_it_is_padded(string password) => AssertFault("many people", password);

    [Fact]
    public void The_longest_password_is_judged_at_once()
    {
        var password = string.Concat(Enumerable.Repeat("password1", 113));

        AssertFault("many people", password);
    }

    private static void AssertFault(string words, string password) =>
        Assert.Contains(words, PasswordRules.FaultOf(password, "alice"), StringComparison.Ordinal);
}
