using KubeIdP.Core.Naming;
using Xunit;

namespace KubeIdP.Core.Tests.Naming;

public sealed class TokenNameTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("Domain Admins")]
    [InlineData("platform:prod")]
    [InlineData("systemic")]
    [InlineData("my-system:masters")]
    [InlineData("größe@example.org")]
    [InlineData("山田")]
    [InlineData("CN=devs,OU=groups,DC=example,DC=org")]
    [InlineData("a\u0301")]
    public void Names_of_real_directories_are_allowed(string name)
    {
        Assert.Null(TokenName.FaultOf(name));
        Assert.True(TokenName.IsAllowed(name));
    }

    // The API server trusts the groups claim: "system:masters" in it is root in the cluster.
    [Theory]
    [InlineData("system:masters")]
    [InlineData("system:")]
    [InlineData("System:Masters")]
    [InlineData("SYSTEM:serviceaccount:kube-system:default")]
    public void Names_of_Kubernetes_own_subjects_are_refused(string name) =>
        Assert.Contains("reserves", TokenName.FaultOf(name), StringComparison.Ordinal);

    [Theory]
    [InlineData(" alice")]
    [InlineData("alice ")]
    [InlineData(" system:masters")]
    [InlineData("\u00a0alice")]
    [InlineData("alice\u3000")]
    public void Space_at_an_end_is_refused(string name) => Assert.False(TokenName.IsAllowed(name));

    [Theory]
    [InlineData("al\nice")]
    [InlineData("al\0ice")]
    [InlineData("alice\u007f")]
    [InlineData("al\u202eice")]
    [InlineData("al\u200bice")]
    [InlineData("\ufeffsystem:masters")]
    [InlineData("al\u2028ice")]
    [InlineData("al\u2029ice")]
    [InlineData("al\ufffdice")]
    [InlineData("al\udb40\udc41ice")]
    [InlineData("al\u034fice")]
    [InlineData("alice\u3164")]
    [InlineData("al\ufe0fice")]
    [InlineData("al\udb40\udd00ice")]
    public void Characters_that_hide_or_turn_text_are_refused(string name) => Assert.False(TokenName.IsAllowed(name));

    [Theory]
    [InlineData("cn=Größe,dc=test", "cn=Größe,dc=test")]
    [InlineData("al\u200bice\n", "al\\u{200B}ice\\u{000A}")]
    public void A_log_shows_what_can_not_be_seen(string text, string shown) => Assert.Equal(shown, TokenName.Show(text));

    [Fact]
    public void A_log_shows_the_beginning_of_what_is_long()
    {
        var shown = TokenName.Show(new string('x', 100_000));

        Assert.Equal(new string('x', TokenName.MaxLength) + "…", shown);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.False(TokenName.IsAllowed("al" + '\ud83d' + "ice"));

    [Fact]
    public void An_empty_name_is_refused() => Assert.False(TokenName.IsAllowed(""));

    [Fact]
    public void The_length_is_bounded()
    {
        Assert.True(TokenName.IsAllowed(new string('x', TokenName.MaxLength)));
        Assert.False(TokenName.IsAllowed(new string('x', TokenName.MaxLength + 1)));
    }

    // Nobody could tell it from "system:masters" in a role binding.
    [Theory]
    [InlineData("\uff53\uff59\uff53\uff54\uff45\uff4d\uff1amasters")]
    [InlineData("system\uff1amasters")]
    [InlineData("\u017fystem:masters")]
    public void Names_that_look_like_those_of_Kubernetes_are_refused(string name) =>
        Assert.Equal(TokenNameFault.Reserved, TokenName.Check(name));

    [Theory]
    [InlineData("platform\u00a0team")]
    [InlineData("platform\u2003team")]
    [InlineData("platform\u3000team")]
    [InlineData("platform\u2800team")]
    [InlineData("platform\ufffeteam")]
    [InlineData("platform\uffffteam")]
    [InlineData("platform\ufdd0team")]
    public void Blanks_that_look_like_a_space_and_noncharacters_are_refused(string name) =>
        Assert.Equal(TokenNameFault.ControlCharacter, TokenName.Check(name));
}
