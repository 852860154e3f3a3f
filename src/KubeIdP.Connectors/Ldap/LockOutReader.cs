using System.Globalization;
using KubeIdP.Connectors.ActiveDirectory;
using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// Reads after how many wrong passwords the directory locks an account, by the policy that is in force for it: of Active Directory with its
/// fine-grained ones, slapo-ppolicy(5), 389 Directory Server and FreeIPA. A policy is asked for again after <see cref="CacheLifetime"/>.
/// </summary>
internal sealed class LockOutReader(LdapProfile profile, TimeProvider clock)
{
    public static readonly TimeSpan CacheLifetime = TimeSpan.FromMinutes(5);

    // There are a handful. Where each person has one of their own, they are read for each login.
    private const int MaxCachedPolicies = 1000;

    // A directory has fewer policies than this.
    private const int MaxPolicies = 200;

    private const string ResultantPolicy = "msDS-ResultantPSO";
    private const string PolicyOfPerson = "pwdPolicySubentry";
    private const string KerberosPolicyOfPerson = "krbPwdPolicyReference";
    private const string KerberosName = "krbPrincipalName";
    private const string PolicyControl = "1.3.6.1.4.1.42.2.27.8.5.1";

    // 389 Directory Server, where a policy does not say it.
    private const long MaxFailuresOf389 = 3;
    private const long SecondsOf389 = 600;

    // In seconds. A lock that is over so soon keeps nobody out.
    private const long ShortLock = 60;

    private static readonly LockOut Assumed = new(3, TimeSpan.FromMinutes(30)) { IsAssumed = true };

    private static readonly string[] AttributesOfPolicy =
    [
        "objectClass", "pwdLockout", "pwdMaxFailure", "pwdFailureCountInterval", "pwdMinDelay", "pwdMaxDelay", "passwordLockout",
        "passwordMaxFailure", "passwordResetFailureCount",
        "krbPwdMaxFailure", "krbPwdFailureCountInterval", "lockoutThreshold", "lockOutObservationWindow", "msDS-LockoutThreshold",
        "msDS-LockoutObservationWindow",
    ];

    // 389 Directory Server returns a policy only when the search names its class.
    private static readonly LdapFilter AnyEntry = LdapFilter.AnyOf([LdapFilter.Anything, LdapFilter.Equal("objectClass", "ldapsubentry")]);

    private volatile bool showsFailures;

    private readonly Lock sync = new();
    private readonly Dictionary<string, (Policy Policy, DateTimeOffset Until)> cache = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What must be read of a person for it; operational ones, which are returned only when a search names them.</summary>
    public static IReadOnlyList<string> AttributesOfPerson { get; } =
    [
        ResultantPolicy, PolicyOfPerson, KerberosPolicyOfPerson, KerberosName, "badPwdCount", "badPasswordTime", "pwdFailureTime",
        "passwordRetryCount", "retryCountResetTime",
        "krbLoginFailedCount", "krbLastFailedAuth",
    ];

    /// <summary>Null when wrong passwords lock nobody.</summary>
    /// <exception cref="LdapException">The directory does not answer. That it shows no policy is none.</exception>
    public async Task<LockOut?> ReadAsync(LdapEntry person, LdapConnection connection, CancellationToken ct)
    {
        var lockOut = WithSetting(profile.LockOut, await PolicyOfAsync(person, connection, ct));
        if (lockOut is null) return null;

        // An attribute that nobody has looks like one that the service account may not read, until somebody has it.
        var failures = FailuresOf(person, lockOut, clock.GetUtcNow());
        if (failures > 0) showsFailures = true;
        return lockOut with { Failures = failures, ShowsFailures = showsFailures };
    }

    /// <summary>Where nothing can be read.</summary>
    public static LockOut? WithoutReading(LdapLockOutOptions setting) => WithSetting(setting, Policy.Unknown);

    /// <summary>For an administrator: what applies to one account, or which setting is needed instead.</summary>
    public async Task<SettingFinding> DiagnoseAsync(LdapEntry person, LdapConnection connection, CancellationToken ct) =>
        FindingOf(await ReadAsync(person, connection, ct));

    /// <inheritdoc cref="DiagnoseAsync"/>
    public static SettingFinding FindingOf(LockOut? lockOut) => lockOut switch
    {
        null => SettingFinding.Right("lockOut", "Wrong passwords lock no account."),
        { IsAssumed: true } => SettingFinding.Warning(
            "lockOut.maxFailures",
            $"The directory does not show how many wrong passwords lock an account, so {lockOut.MaxFailures} "
                + $"within {lockOut.Window!.Value.TotalMinutes:0} minutes are assumed: an unknown browser gets few attempts.",
            "Set it and lockOut.window to the values of the directory's policy, or set it to 0 if the directory locks no accounts. Or "
                + "allow the service account to read the policies (389 Directory Server: cn=config; Active Directory: also the Password "
                + "Settings Container)."),
        { MaxFailures: 1 } => SettingFinding.Warning(
            "lockOut", "One wrong password locks an account, so one that is mistyped at this server locks it as well.",
            "Raise the limit in the directory, for example to 10."),
        { MaxFailures: 2 } => SettingFinding.Warning(
            "lockOut", "Two wrong passwords lock an account, so no attempt can be reserved for known browsers: a stranger's guess makes "
                + "the account's owner wait in every browser.", "Raise the limit in the directory, for example to 10."),
        { Window: { } window } =>
            SettingFinding.Right("lockOut",
                $"{lockOut.MaxFailures} wrong passwords lock an account, and the counter is reset after {window}: this server stops "
                + $"sending passwords before that."),
        _ => SettingFinding.Right(
            "lockOut", $"{lockOut.MaxFailures} wrong passwords lock an account, and only the right one resets the counter: this server "
                + $"stops sending passwords before that, and then accepts only known browsers, until the directory shows that the "
                + $"counter is reset (pwdFailureTime) or for 30 days."),
    };

    private static LockOut? WithSetting(LdapLockOutOptions setting, Policy policy) => setting.MaxFailures switch
    {
        null when !policy.IsKnown => Stricter(Assumed, policy.LockOut)! with { IsAssumed = true },
        null or 0 => policy.LockOut,
        { } maxFailures => Stricter(new LockOut(maxFailures, setting.Window), policy.LockOut),
    };

    private async Task<Policy> PolicyOfAsync(LdapEntry person, LdapConnection connection, CancellationToken ct)
    {
        if (profile.IsActiveDirectory)
            return await CachedAsync(person.Text(ResultantPolicy) ?? ActiveDirectoryDomain.DnAbove(person.Dn),
                dn => PolicyAtAsync(dn, connection, ct));

        var (own, ofRealm) = (person.Text(PolicyOfPerson), person.Text(KerberosPolicyOfPerson));
        var named = new[] { own, ofRealm }.OfType<string>().ToList();
        var policies = new List<Policy>();
        foreach (var dn in named) policies.Add(await CachedAsync(dn, at => PolicyAtAsync(at, connection, ct)));
        if (own is null)
        {
            var ofKerberos = person.Values(KerberosName).Count > 0;
            policies.Add(
                await CachedAsync($"default {ofKerberos} {named.Count}",
                    _ => DefaultAsync(ofKerberos, isNamed: named.Count > 0, connection, ct)));
        }

        return policies.Aggregate(Policy.Both);
    }

    /// <summary>What is in force for people whose entry names none.</summary>
    /// <param name="ofKerberos">FreeIPA's own policies count beside the server's.</param>
    /// <param name="isNamed">The entry names one of them.</param>
    private static async Task<Policy> DefaultAsync(bool ofKerberos, bool isNamed, LdapConnection connection, CancellationToken ct)
    {
        if (await FoundAsync(LdapSearch.Entry("", "objectClass", "supportedControl", "namingContexts", "vendorName"), connection, ct)
            is not [var self])
            return Policy.Unknown;

        var isOpenLdap = self.Texts("objectClass").Contains("OpenLDAProotDSE", StringComparer.OrdinalIgnoreCase);
        if (isOpenLdap && !self.Texts("supportedControl").Contains(PolicyControl)) return Policy.None;

        var is389 = self.Text("vendorName")?.Contains("389", StringComparison.Ordinal) is true;
        var global = is389 ? await PolicyAtAsync("cn=config", connection, ct) : Policy.Unknown;
        string[] classes = is389 ? ofKerberos && !isNamed ? ["krbPwdPolicy"] : [] : isOpenLdap ? ["pwdPolicy"] : [];

        // Which of them is the default stands in the server's configuration: the strictest is taken for it.
        var found = new List<LdapEntry>();
        foreach (var context in self.Texts("namingContexts"))
        {
            foreach (var name in classes)
                found.AddRange(
                    await FoundAsync(
                        new LdapSearch(context, SearchScope.Subtree, LdapFilter.Equal("objectClass", name),
                            AttributesOfPolicy) { Sample = MaxPolicies }, connection, ct));
        }

        // FreeIPA has policies of its own in place of the server's, which only its administrators read.
        if (is389 && ofKerberos && !global.IsKnown && (isNamed || found.Count > 0)) global = Policy.None;
        if (is389) return found.Select(Read).Aggregate(global, Policy.Both);
        return found.Count == 0 ? Policy.Unknown : found.Select(Read).Aggregate(Policy.Both);
    }

    private static async Task<Policy> PolicyAtAsync(string dn, LdapConnection connection, CancellationToken ct) =>
        await FoundAsync(new LdapSearch(dn, SearchScope.Base, AnyEntry, AttributesOfPolicy), connection, ct) is [var entry]
            ? Read(entry)
            : Policy.Unknown;

    // An error says that the service account may not, or that there is none.
    private static async Task<IReadOnlyList<LdapEntry>> FoundAsync(LdapSearch search, LdapConnection connection, CancellationToken ct) =>
        (await connection.SearchAsync(search, ct)).Entries;

    private async Task<Policy> CachedAsync(string key, Func<string, Task<Policy>> read)
    {
        var now = clock.GetUtcNow();
        lock (sync)
        {
            if (cache.TryGetValue(key, out var found) && found.Until > now) return found.Policy;
        }

        var policy = await read(key);
        lock (sync)
        {
            if (cache.Count >= MaxCachedPolicies) cache.Clear();
            cache[key] = (policy, now + CacheLifetime);
        }

        return policy;
    }

    private static Policy Read(LdapEntry policy)
    {
        // MS-ADTS §3.1.1.5.2.1, MS-SAMR §3.1.5.14: a length of time is a negative number of ticks, and the smallest one is "for ever".
        foreach (var (threshold, window) in new[] { ("msDS-LockoutThreshold", "msDS-LockoutObservationWindow"),
            ("lockoutThreshold", "lockOutObservationWindow") })
        {
            if (Number(policy, threshold) is { } locks)
                return Policy.Of(locks,
                    Number(policy, window) switch { null or long.MinValue => null, { } ticks => TimeSpan.FromTicks(Math.Abs(ticks)) });
        }

        if (Number(policy, "krbPwdMaxFailure") is { } ofKerberos)
            return Policy.Of(ofKerberos, Seconds(Number(policy, "krbPwdFailureCountInterval")));
        if (Is(policy, "krbPwdPolicy")) return Policy.None;

        // 389 Directory Server knows each by two names, and answers with the one that was asked for first.
        var isOn = IsOn(policy, "pwdLockout") || IsOn(policy, "passwordLockout");
        var maxFailures = Number(policy, "pwdMaxFailure") ?? Number(policy, "passwordMaxFailure");
        var seconds = Number(policy, "pwdFailureCountInterval") ?? Number(policy, "passwordResetFailureCount");
        if (Is(policy, "pwdPolicy"))
            return Policy.Both(isOn ? Policy.Of(maxFailures ?? 0, Seconds(seconds)) : Policy.None,
                Policy.Of(GrowingLock(policy), Seconds(seconds)));
        if (policy.Text("pwdLockout") is null && policy.Text("passwordLockout") is null && !Is(policy, "passwordPolicy"))
            return Policy.Unknown;

        return isOn ? Policy.Of(maxFailures ?? MaxFailuresOf389, Seconds(seconds ?? SecondsOf389)) : Policy.None;
    }

    /// <summary>
    /// slapo-ppolicy(5), whatever <c>pwdLockout</c> says: the first wrong password locks for <c>pwdMinDelay</c> seconds, each further one
    /// for twice as long, up to <c>pwdMaxDelay</c>. The first of them that locks for longer than <see cref="ShortLock"/>; 0 when none does.
    /// </summary>
    private static long GrowingLock(LdapEntry policy)
    {
        if (Number(policy, "pwdMinDelay") is not ({ } seconds and > 0) || Number(policy, "pwdMaxDelay") <= ShortLock) return 0;

        long failures = 1;
        for (; seconds <= ShortLock; seconds *= 2) failures++;
        return failures;
    }

    /// <summary>What the directory has counted itself, as far as its window reaches back.</summary>
    private static int FailuresOf(LdapEntry person, LockOut lockOut, DateTimeOffset now)
    {
        var from = lockOut.Window is { } window ? now - window : DateTimeOffset.MinValue;
        long[] counts =
        [
            person.Texts("pwdFailureTime").Count(text => AccountStatus.ParseTime(text) > from),
            Number(person, "badPasswordTime") is { } ticks and > 0
                && DateTimeOffset.FromFileTime(Math.Min(ticks, DateTimeOffset.MaxValue.ToFileTime())) > from
                ? Number(person, "badPwdCount") ?? 0
                : 0,
            person.Text("retryCountResetTime") is { } reset && AccountStatus.ParseTime(reset) > now
                ? Number(person, "passwordRetryCount") ?? 0
                : 0,
            person.Text("krbLastFailedAuth") is { } failed && AccountStatus.ParseTime(failed) > from
                ? Number(person, "krbLoginFailedCount") ?? 0
                : 0,
        ];
        return (int)Math.Clamp(counts.Max(), 0, int.MaxValue);
    }

    private static LockOut? Stricter(LockOut? one, LockOut? other) => (one, other) switch
    {
        ({ } a, { } b) =>
            new(Math.Min(a.MaxFailures, b.MaxFailures),
                a.Window is null || b.Window is null ? null : a.Window > b.Window ? a.Window : b.Window),
        _ => one ?? other,
    };

    private static bool Is(LdapEntry entry, string objectClass) =>
        entry.Texts("objectClass").Contains(objectClass, StringComparer.OrdinalIgnoreCase);

    private static bool IsOn(LdapEntry entry, string attribute) => entry.Text(attribute)?.ToUpperInvariant() is "TRUE" or "ON";

    private static long? Number(LdapEntry entry, string attribute) =>
        long.TryParse(entry.Text(attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan? Seconds(long? seconds) => seconds is > 0 and < int.MaxValue ? TimeSpan.FromSeconds(seconds.Value) : null;

    /// <param name="LockOut">Null: it locks nobody, or nobody knows.</param>
    private readonly record struct Policy(LockOut? LockOut, bool IsKnown)
    {
        public static Policy Unknown => new(null, IsKnown: false);

        public static Policy None => new(null, IsKnown: true);

        public static Policy Of(long maxFailures, TimeSpan? window) =>
            maxFailures <= 0 ? None : new(new LockOut((int)Math.Min(maxFailures, int.MaxValue), window), IsKnown: true);

        public static Policy Both(Policy one, Policy other) => new(Stricter(one.LockOut, other.LockOut), one.IsKnown && other.IsKnown);
    }
}
