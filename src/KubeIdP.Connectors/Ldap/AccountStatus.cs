using System.Globalization;
using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// What the attributes of an account say about it and about its password. Each kind of directory has other names for it,
/// none of which means something else elsewhere, so all are read. Not among them is <c>passwordExpirationTime</c> of 389 Directory Server:
/// it stays on an account whose policy no longer looks at it, so only a bind shows it.
/// </summary>
internal static class AccountStatus
{
    /// <summary>
    /// Computed by Active Directory from the domain's policy and the account's own flags; returned only when a search names it.
    /// </summary>
    public const string PasswordEnd = "msDS-UserPasswordExpiryTimeComputed";

    private const string AccountControl = "userAccountControl";
    private const string ComputedControl = "msDS-User-Account-Control-Computed";
    private const string PasswordSet = "pwdLastSet";
    private const string KerberosPasswordEnd = "krbPasswordExpiration";
    private const string KerberosPasswordChange = "krbLastPwdChange";
    private const string KerberosFlags = "krbTicketFlags";
    private const string ShadowChange = "shadowLastChange";

    // slapo-ppolicy(5): the one value that only an administrator sets. Others are the time since when wrong passwords have locked the
    // account.
    private const string LockedForGood = "000001010000Z";

    // MS-ADTS §2.2.16
    private const int AccountDisable = 0x2;
    private const int DontExpirePassword = 0x10000;
    private const int SmartCardRequired = 0x40000;
    private const int PasswordExpired = 0x800000;

    // MIT Kerberos, kdb.h: no tickets at all, and none before the password is changed.
    private const int DisallowAllTickets = 0x40;
    private const int RequiresPasswordChange = 0x200;

    // MS-ADTS §2.2.17: as a large number of ticks, "never" is either of these.
    private const long NeverByZero = 0;
    private const long NeverByMaximum = long.MaxValue;

    /// <summary>Operational ones among them, which are returned only when a search names them.</summary>
    public static IReadOnlyList<string> Attributes { get; } =
    [
        AccountControl, ComputedControl, "accountExpires", PasswordSet, "msDS-UserAccountDisabled", "msDS-UserPasswordExpired",
        "nsAccountLock", "loginDisabled", "pwdAccountLockedTime", "pwdStartTime", "pwdEndTime", "pwdReset", "pwdChangedTime",
        ShadowChange, "shadowMax", "shadowInactive", "shadowExpire",
        "krbPrincipalExpiration", KerberosPasswordEnd, KerberosPasswordChange, KerberosFlags,
    ];

    /// <summary>Null when the account may sign in. A lock-out by wrong passwords is not included, because it ends by itself.</summary>
    public static Refusal? Of(LdapEntry account, DateTimeOffset now) => VerdictOf(account, now)?.Reason;

    /// <summary>With the attribute that says so.</summary>
    /// <exception cref="LdapException">An attribute can't be read.</exception>
    public static AccountVerdict? VerdictOf(LdapEntry account, DateTimeOffset now) =>
        Disabled(account) ?? OutOfTime(account, now) ?? PasswordOfDomain(account) ?? PasswordOfPolicy(account)
            ?? PasswordOfKerberos(account, now) ?? Shadow(account, now);

    /// <summary>Null when the directory doesn't show it.</summary>
    public static DateTimeOffset? PasswordChangedAt(LdapEntry account) =>
        WindowsTime(account, PasswordSet) ?? Time(account, "pwdChangedTime") ?? Time(account, KerberosPasswordChange);

    /// <summary>Null when it never ends, or the directory doesn't show it.</summary>
    public static DateTimeOffset? PasswordEndsAt(LdapEntry account) => WindowsTime(account, PasswordEnd);

    private static AccountVerdict? Disabled(LdapEntry account)
    {
        if (Has(account, AccountControl, AccountDisable)) return new(Refusal.Disabled, AccountControl);
        if (Has(account, KerberosFlags, DisallowAllTickets)) return new(Refusal.Disabled, KerberosFlags);

        string[] switches = ["nsAccountLock", "loginDisabled", "msDS-UserAccountDisabled"];
        if (switches.FirstOrDefault(name => IsTrue(account, name)) is { } off) return new(Refusal.Disabled, off);

        return account.Text("pwdAccountLockedTime") == LockedForGood ? new(Refusal.Disabled, "pwdAccountLockedTime") : null;
    }

    private static AccountVerdict? OutOfTime(LdapEntry account, DateTimeOffset now)
    {
        (string Attribute, DateTimeOffset? At)[] ends =
        [
            ("accountExpires", WindowsTime(account, "accountExpires")), ("pwdEndTime", Time(account, "pwdEndTime")),
            ("krbPrincipalExpiration", KerberosTime(account, "krbPrincipalExpiration")),
        ];
        if (ends.FirstOrDefault(end => end.At <= now) is { Attribute: { } over }) return new(Refusal.Expired, over);

        return Time(account, "pwdStartTime") > now ? new(Refusal.OutsideLogonHours, "pwdStartTime") : null;
    }

    /// <summary>
    /// Active Directory (MS-ADTS §3.1.1.4.5.17). What the domain has computed is the answer; its parts alone are not, for some exempt from
    /// others.
    /// </summary>
    private static AccountVerdict? PasswordOfDomain(LdapEntry account)
    {
        if (IsTrue(account, "msDS-UserPasswordExpired")) return new(Refusal.PasswordExpired, "msDS-UserPasswordExpired");

        // A global catalog knows this of its own domain alone, and computes an expired password for everybody else.
        if (Number(account, PasswordSet) is not { } set) return null;

        var mustChange = new AccountVerdict(Refusal.MustChangePassword, PasswordSet);
        if (Number(account, ComputedControl) is not null)
            return !Has(account, ComputedControl, PasswordExpired)
                ? null
                : set == 0 ? mustChange : new(Refusal.PasswordExpired, ComputedControl);

        return set == 0 && !Has(account, AccountControl, DontExpirePassword | SmartCardRequired) ? mustChange : null;
    }

    private static AccountVerdict? PasswordOfPolicy(LdapEntry account) =>
        IsTrue(account, "pwdReset") ? new(Refusal.MustChangePassword, "pwdReset") : null;

    /// <summary>FreeIPA, and Kerberos over other directories: their binds accept an expired password.</summary>
    private static AccountVerdict? PasswordOfKerberos(LdapEntry account, DateTimeOffset now)
    {
        if (Has(account, KerberosFlags, RequiresPasswordChange)) return new(Refusal.MustChangePassword, KerberosFlags);
        if (KerberosTime(account, KerberosPasswordEnd) is not { } end || end > now) return null;

        // A password that somebody else has set expires at once.
        return new(Time(account, KerberosPasswordChange) >= end ? Refusal.MustChangePassword : Refusal.PasswordExpired,
            KerberosPasswordEnd);
    }

    /// <summary>
    /// RFC 2307 §3 and shadow(5), in days; a negative number is none. <c>shadowExpire</c> is the first day on which the account has
    /// expired, <c>shadowMax</c> the greatest age of a valid password.
    /// </summary>
    private static AccountVerdict? Shadow(LdapEntry account, DateTimeOffset now)
    {
        var today = (now - DateTimeOffset.UnixEpoch).Days;
        if (Days(account, "shadowExpire") <= today) return new(Refusal.Expired, "shadowExpire");
        if (Days(account, ShadowChange) is not { } changed) return null;
        if (changed == 0) return new(Refusal.MustChangePassword, ShadowChange);
        if (Days(account, "shadowMax") is not { } maxAge || today - changed <= maxAge) return null;

        return Days(account, "shadowInactive") is { } idle && today - changed > maxAge + idle
            ? new(Refusal.Expired, "shadowInactive")
            : new(Refusal.PasswordExpired, "shadowMax");
    }

    private static bool IsTrue(LdapEntry account, string attribute) =>
        "TRUE".Equals(account.Text(attribute), StringComparison.OrdinalIgnoreCase);

    private static bool Has(LdapEntry account, string attribute, int flags) =>
        Number(account, attribute) is { } number && (number & flags) != 0;

    private static long? Days(LdapEntry account, string attribute) => Number(account, attribute) is { } days and >= 0 ? days : null;

    private static long? Number(LdapEntry account, string attribute)
    {
        if (account.Text(attribute) is not { } text) return null;

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Unreadable(attribute);
    }

    private static DateTimeOffset? WindowsTime(LdapEntry account, string attribute) => Number(account, attribute) switch
    {
        null or NeverByZero or NeverByMaximum => null,
        { } ticks when ticks > 0 && ticks < DateTimeOffset.MaxValue.ToFileTime() => DateTimeOffset.FromFileTime(ticks),
        _ => throw Unreadable(attribute),
    };

    // MIT Kerberos keeps "never" as zero, which its directory writes as the epoch.
    private static DateTimeOffset? KerberosTime(LdapEntry account, string attribute) =>
        Time(account, attribute) is { } time && time > DateTimeOffset.UnixEpoch ? time : null;

    private static DateTimeOffset? Time(LdapEntry account, string attribute) =>
        account.Text(attribute) is { } text ? ParseTime(text) ?? throw Unreadable(attribute) : null;

    /// <summary>RFC 4517 §3.3.13, as servers write it themselves. Null when it is none.</summary>
    internal static DateTimeOffset? ParseTime(string text)
    {
        var seconds = text.Split('.', ',')[0].TrimEnd('Z') + "Z";
        return DateTimeOffset.TryParseExact(seconds, ["yyyyMMddHHmmss'Z'", "yyyyMMddHHmm'Z'"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    // If it can't be read whether an account has expired, the account must neither stay valid for ever nor end because of this.
    private static LdapException Unreadable(string attribute) =>
        new(LdapErrorKind.ErrorAnswer, $"{attribute} of an account has a value that is not valid for this attribute.");
}
