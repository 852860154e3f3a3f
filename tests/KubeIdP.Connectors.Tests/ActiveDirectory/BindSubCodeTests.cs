using KubeIdP.Connectors.ActiveDirectory;
using KubeIdP.Core.Upstreams;
using Xunit;

namespace KubeIdP.Connectors.Tests.ActiveDirectory;

public sealed class BindSubCodeTests
{
    [Theory]
    [InlineData("525", Refusal.Unknown, false)]
    [InlineData("52e", Refusal.WrongPassword, false)]
    [InlineData("530", Refusal.OutsideLogonHours, true)]
    [InlineData("531", Refusal.NotFromHere, true)]
    [InlineData("532", Refusal.PasswordExpired, true)]
    [InlineData("533", Refusal.Disabled, true)]
    [InlineData("701", Refusal.Expired, true)]
    [InlineData("773", Refusal.MustChangePassword, true)]
    [InlineData("775", Refusal.LockedOut, false)]
    public void The_reason_is_read_and_shown_only_after_the_right_password(string code, Refusal reason, bool identityProven) =>
        Assert.Equal(
        new UpstreamAnswer.Refused(reason) { IdentityProven = identityProven },
        BindSubCode.Read($"80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data {code}, v4563"));

    [Theory]
    [InlineData("")]
    [InlineData("data")]
    [InlineData("data 999")]
    [InlineData("data 52ef00d52e")]
    public void Other_texts_have_no_reason(string message) => Assert.Null(BindSubCode.Read(message));
}
