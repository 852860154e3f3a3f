using System.Text;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;
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
    [InlineData("krbPasswordExpiration", "20260501120000Z", Refusal.PasswordExpired)]
    [InlineData("krbTicketFlags", "192", Refusal.Disabled)]
    [InlineData("krbTicketFlags", "512", Refusal.MustChangePassword)]
    [InlineData("pwdStartTime", "20260501120001Z", Refusal.OutsideLogonHours)]
    [InlineData("shadowExpire", "0", Refusal.Expired)]
    [InlineData("shadowLastChange", "0", Refusal.MustChangePassword)]
    [InlineData("msDS-UserAccountDisabled", "TRUE", Refusal.Disabled)]
    [InlineData("msDS-UserPasswordExpired", "TRUE", Refusal.PasswordExpired)]
    public void An_account_that_is_over_is_refused(string attribute, string value, Refusal reason) =>
        Assert.Equal(reason, AccountStatus.Of(Account(attribute, value), Now));

    [Theory]
    [InlineData("userAccountControl", "512")]
    [InlineData("nsAccountLock", "FALSE")]
    [InlineData("accountExpires", "0")]
    [InlineData("accountExpires", "9223372036854775807")]
    [InlineData("pwdEndTime", "20260501120001.123Z")]
    [InlineData("shadowExpire", "-1")]
    [InlineData("pwdLastSet", "132539328000000000")]
    [InlineData("krbPasswordExpiration", "20260501120001Z")]
    [InlineData("krbPasswordExpiration", "19700101000000Z")]
    [InlineData("krbPrincipalExpiration", "19700101000000Z")]
    [InlineData("krbTicketFlags", "128")]
    [InlineData("pwdStartTime", "20260501120000Z")]
    [InlineData("shadowLastChange", "-1")]
    [InlineData("shadowMax", "1")]
    [InlineData("msDS-User-Account-Control-Computed", "8388608")]
    [InlineData("passwordExpirationTime", "20200101000000Z")]
    public void One_that_is_not_over_is_accepted(string attribute, string value) =>
        Assert.Null(AccountStatus.Of(Account(attribute, value), Now));

    // 2026-05-01 is day 20574. A password is good on the last day of its age.
    [Theory]
    [InlineData("20484", "90", "-1", null)]
    [InlineData("20483", "90", "-1", Refusal.PasswordExpired)]
    [InlineData("20483", "90", "1", Refusal.PasswordExpired)]
    [InlineData("20482", "90", "1", Refusal.Expired)]
    [InlineData("20482", "-1", "1", null)]
    [InlineData("20600", "0", "0", null)]
    public void The_age_of_a_password_is_counted_in_days(string changed, string most, string idle, Refusal? reason) =>
        Assert.Equal(reason, AccountStatus.Of(Account(("shadowLastChange", changed), ("shadowMax", most), ("shadowInactive", idle)), Now));

    // MS-ADTS §3.1.1.4.5.17. The flags: 0x10000 never expires, 0x40000 smart card, 0x800000 expired.
    [Theory]
    [InlineData("66048", "0", "0", null)]
    [InlineData("66048", "0", null, null)]
    [InlineData("262656", "0", "0", null)]
    [InlineData("262656", "0", null, null)]
    [InlineData("512", "0", "8388608", Refusal.MustChangePassword)]
    [InlineData("512", "0", null, Refusal.MustChangePassword)]
    [InlineData("512", "132539328000000000", "8388608", Refusal.PasswordExpired)]
    [InlineData("512", "132539328000000000", "16", null)]
    [InlineData("66050", "0", "0", Refusal.Disabled)]
    public void What_the_domain_has_computed_is_the_answer(string control, string passwordSet, string? computed, Refusal? reason) =>
        Assert.Equal(reason,
            AccountStatus.Of(
                Account([("userAccountControl", control), ("pwdLastSet", passwordSet),
                    .. computed is null ? [] : new[] { ("msDS-User-Account-Control-Computed", computed) }]), Now));

    // A stranger's guesses set it, so it must not end anybody's session.
    [Fact]
    public void A_lock_by_wrong_passwords_is_none_of_it() =>
        Assert.Null(AccountStatus.Of(Account("pwdAccountLockedTime", "20260501115900Z"), Now));

    [Theory]
    [InlineData("accountExpires", "never")]
    [InlineData("accountExpires", "-5")]
    [InlineData("pwdEndTime", "tomorrow")]
    public void What_can_not_be_read_is_an_outage(string attribute, string value) =>
        Assert.Throws<LdapException>(() => AccountStatus.Of(Account(attribute, value), Now));

    private static LdapEntry Account(string attribute, string value) => Account((attribute, value));

    private static LdapEntry Account(params IEnumerable<(string Attribute, string Value)> attributes) =>
        new("uid=alice,dc=test",
            attributes.ToDictionary(one => one.Attribute, one => (IReadOnlyList<byte[]>)[Encoding.UTF8.GetBytes(one.Value)],
                StringComparer.OrdinalIgnoreCase));
}
