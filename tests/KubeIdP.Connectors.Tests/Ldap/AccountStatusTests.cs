using System.Text;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Protocol;
using KubeIdP.Core.Upstreams;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

public sealed class AccountStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("userAccountControl", "514", Refusal.Disabled)]
    [InlineData("nsAccountLock", "true", Refusal.Disabled)]
    [InlineData("pwdAccountLockedTime", "000001010000Z", Refusal.Disabled)]
    [InlineData("accountExpires", "132539328000000000", Refusal.Expired)]
    [InlineData("pwdEndTime", "20260501115959Z", Refusal.Expired)]
    [InlineData("krbPrincipalExpiration", "20260501120000Z", Refusal.Expired)]
    [InlineData("shadowExpire", "20000", Refusal.Expired)]
    [InlineData("pwdLastSet", "0", Refusal.MustChangePassword)]
    [InlineData("pwdReset", "TRUE", Refusal.MustChangePassword)]
    public void An_account_that_is_over_is_refused(string attribute, string value, Refusal reason) => Assert.Equal(reason, AccountStatus.Of(Account(attribute, value), Now));

    [Theory]
    [InlineData("userAccountControl", "512")]
    [InlineData("nsAccountLock", "FALSE")]
    [InlineData("accountExpires", "0")]
    [InlineData("accountExpires", "9223372036854775807")]
    [InlineData("pwdEndTime", "20260501120001.123Z")]
    [InlineData("shadowExpire", "-1")]
    [InlineData("pwdLastSet", "132539328000000000")]
    public void One_that_goes_on_is_not(string attribute, string value) => Assert.Null(AccountStatus.Of(Account(attribute, value), Now));

    // A stranger's guesses set it, so it must not end anybody's session.
    [Fact]
    public void A_lock_by_wrong_passwords_is_none_of_it() => Assert.Null(AccountStatus.Of(Account("pwdAccountLockedTime", "20260501115900Z"), Now));

    [Theory]
    [InlineData("accountExpires", "never")]
    [InlineData("accountExpires", "-5")]
    [InlineData("pwdEndTime", "tomorrow")]
    public void What_can_not_be_read_is_an_outage(string attribute, string value) => Assert.Throws<LdapFault>(() => AccountStatus.Of(Account(attribute, value), Now));

    private static LdapEntry Account(string attribute, string value) =>
        new("uid=alice,dc=test", new Dictionary<string, IReadOnlyList<byte[]>>(StringComparer.OrdinalIgnoreCase) { [attribute] = [Encoding.UTF8.GetBytes(value)] });
}
