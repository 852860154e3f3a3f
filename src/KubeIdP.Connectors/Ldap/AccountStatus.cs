using System.Globalization;
using KubeIdP.Connectors.Ldap.Protocol;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// What the attributes of an account say about it. The directories that we know write it down under different names, none of which means something
/// else elsewhere, so all are read.
/// </summary>
internal static class AccountStatus
{
    /// <summary>Computed by Active Directory from the domain's policy and the account's own flags; comes only to whoever names it.</summary>
    public const string PasswordEnd = "msDS-UserPasswordExpiryTimeComputed";

    // slapo-ppolicy(5): the one value that only an administrator sets. Others are the time since when wrong passwords have locked the account.
    private const string LockedForGood = "000001010000Z";

    // MS-ADTS §2.2.16
    private const int AccountDisable = 2;

    // MS-ADTS §2.2.17: as a large number of ticks, "never" is either of these.
    private const long NeverByZero = 0;
    private const long NeverByMaximum = long.MaxValue;

    /// <summary>Operational ones among them, which come only to whoever names them.</summary>
    public static IReadOnlyList<string> Attributes { get; } =
    [
        "userAccountControl", "accountExpires", "pwdLastSet", "nsAccountLock", "loginDisabled", "pwdAccountLockedTime", "pwdEndTime", "pwdReset", "shadowExpire",
        "krbPrincipalExpiration", "pwdChangedTime", "krbLastPwdChange",
    ];

    /// <summary>Null when the account is good. A lock-out by wrong passwords is none of it: it passes by itself.</summary>
    public static Refusal? Of(LdapEntry account, DateTimeOffset now)
    {
        if (Number(account, "userAccountControl") is { } control && (control & AccountDisable) != 0) return Refusal.Disabled;
        if (IsTrue(account, "nsAccountLock") || IsTrue(account, "loginDisabled") || account.Text("pwdAccountLockedTime") == LockedForGood) return Refusal.Disabled;

        DateTimeOffset?[] ends = [WindowsTime(account, "accountExpires"), Time(account, "pwdEndTime"), Time(account, "krbPrincipalExpiration"), Day(account, "shadowExpire")];
        if (ends.Any(end => end <= now)) return Refusal.Expired;

        return Number(account, "pwdLastSet") == 0 || IsTrue(account, "pwdReset") ? Refusal.MustChangePassword : null;
    }

    /// <summary>Null when the directory doesn't tell.</summary>
    public static DateTimeOffset? PasswordChangedAt(LdapEntry account) =>
        WindowsTime(account, "pwdLastSet") ?? Time(account, "pwdChangedTime") ?? Time(account, "krbLastPwdChange");

    /// <summary>Null when it never ends, or the directory doesn't tell.</summary>
    public static DateTimeOffset? PasswordEndsAt(LdapEntry account) => WindowsTime(account, PasswordEnd);

    private static bool IsTrue(LdapEntry account, string attribute) => "TRUE".Equals(account.Text(attribute), StringComparison.OrdinalIgnoreCase);

    private static long? Number(LdapEntry account, string attribute)
    {
        if (account.Text(attribute) is not { } text) return null;

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Unreadable(attribute);
    }

    private static DateTimeOffset? WindowsTime(LdapEntry account, string attribute) => Number(account, attribute) switch
    {
        null or NeverByZero or NeverByMaximum => null,
        { } ticks when ticks > 0 && ticks < DateTimeOffset.MaxValue.ToFileTime() => DateTimeOffset.FromFileTime(ticks),
        _ => throw Unreadable(attribute),
    };

    private static DateTimeOffset? Day(LdapEntry account, string attribute) =>
        Number(account, attribute) is { } day and > 0 and < 1_000_000 ? DateTimeOffset.UnixEpoch.AddDays(day) : null;

    // RFC 4517 §3.3.13, as servers write it themselves.
    private static DateTimeOffset? Time(LdapEntry account, string attribute)
    {
        if (account.Text(attribute) is not { } text) return null;

        var seconds = text.Split('.', ',')[0].TrimEnd('Z') + "Z";
        return DateTimeOffset.TryParseExact(seconds, ["yyyyMMddHHmmss'Z'", "yyyyMMddHHmm'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw Unreadable(attribute);
    }

    // An account of which we can't say whether it is over must neither stay for ever nor end because of us.
    private static LdapFault Unreadable(string attribute) => new(LdapFaultKind.ErrorAnswer, $"{attribute} of an account holds what it can't hold.");
}
