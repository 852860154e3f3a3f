using KubeIdP.Core.Naming;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>What must hold for a directory's options.</summary>
public static class LdapRules
{
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxWindow = TimeSpan.FromDays(30);

    // RFC 4523 §2, RFC 2798 §2, MS-ADA3. Only the directory's schema says which others contain bytes: that is found when a value is read.
    private static readonly string[] NoText =
    [
        "userCertificate", "cACertificate", "userSMIMECertificate", "userPKCS12", "jpegPhoto", "photo", "thumbnailPhoto", "audio",
        "userPassword", "unicodePwd",
    ];

    /// <summary>Everything that is wrong, so that it can be fixed in one go. Contacts no server.</summary>
    public static IEnumerable<OptionFault> Check(LdapOptions options) =>
    [
        .. CheckServers(options),
        .. CheckAccount(options),
        .. CheckUsers(options.Users),
        .. CheckRoot(options),
        .. CheckGroups(options.Groups, options.Kind),
        .. CheckLockOut(options.LockOut),
        .. CheckTimes(options.Times),
        .. options.Domains.Where(domain => domain.Trim() != domain || domain.AsSpan().ContainsAny('@', '\\'))
        .Select(domain => new OptionFault(
            "domains", $"\"{domain}\" contains an @, a backslash or outer spaces, so it can't be the domain of a typed name.",
            "Write only the name of the domain, such as CORP or corp.example.")),
    ];

    /// <summary>
    /// What is wrong only beside other directories. Attempts are counted per account, which is identified by its id in the directory
    /// (decisions/0024). If two upstreams identify the accounts of one directory differently, an account has two counters, and the attempts
    /// that both allow could lock it.
    /// </summary>
    public static IEnumerable<OptionFault> CheckBeside(LdapOptions options, IReadOnlyList<(string Name, LdapOptions Options)> others)
    {
        var alike = others.Where(other => ShareServer(other.Options, options) && !CountAlike(other.Options, options)).ToList();
        if (alike is not [])
            yield return new("servers",
                $"It has a server of {string.Join(", ", alike.Select(other => other.Name))}, but identifies accounts in another way: "
                + "guesses at one account would be counted twice, and could lock it there.",
                "Give both bindDn and the same users.id, or keep one of the two, with a users.base and users.filter for the people "
                + "of both.");
    }

    private static IEnumerable<OptionFault> CheckServers(LdapOptions options)
    {
        if (options.Servers is [])
            yield return new("servers", "There is no server.", "Write at least one, such as ldaps://ldap.example.com.");

        for (var i = 0; i < options.Servers.Count; i++)
        {
            if (LdapAddress.Parse(options.Servers[i]) is null)
                yield return new($"servers[{i}]", $"\"{options.Servers[i]}\" is not the URL of a directory server.",
                    "Write ldaps://HOST or ldap://HOST, with :PORT if it is not the usual one, and nothing after it.");
        }

        if (options.PlainText == PlainText.Never && options.CaFile is null) yield break;

        var addresses = options.Servers.Select(LdapAddress.Parse).OfType<LdapAddress>().ToList();
        if (options.PlainText == PlainText.OnLoopback && addresses.Count > 0
            && !addresses.Any(address => address.IsLoopback && !address.IsTls))
            yield return new("plainText", "None of the servers is an ldap:// server on this machine.",
                "Remove the key: all connections to these servers use TLS.");
        if (options.CaFile is { } file && FaultOfAuthorities(file) is { } fault)
            yield return new("caFile", fault,
                "Name a PEM file with the certificate of the authority that signed the server's certificate. The account of this "
                + "process must be able to read it.");
    }

    private static IEnumerable<OptionFault> CheckAccount(LdapOptions options)
    {
        if (options.BindDn is null && options.BindAs is null)
            yield return new("bindDn", "The account that searches the directory is missing.",
                "Set bindDn and bindPasswordFile; or set bindAs, so that each person signs in to the directory themselves.");
        if (options is { BindDn: not null, BindAs: not null })
            yield return new("bindAs", "bindDn and bindAs can't be used together.",
                "Keep bindDn: without it people can't be looked up again at a refresh.");
        if (options is { BindPasswordFile: not null, BindPassword: not null })
            yield return new("bindPassword", "The password of the account is given twice.", "Keep bindPasswordFile.");
        if (options is { BindDn: not null, BindPasswordFile: null, BindPassword: null })
            yield return new("bindPasswordFile",
                "The account of bindDn has no password, and without one the directory treats the bind as anonymous.",
                "Write the password into a file and name that file here.");
        if (options.BindDn is { } dn && DistinguishedName.TryParse(dn) is null
            && (options.Kind != UpstreamKind.ActiveDirectory || !dn.AsSpan().ContainsAny('@', '\\')))
            yield return new("bindDn", $"\"{dn}\" is not a DN.", "Write it in this form: cn=kubeidp,ou=services,dc=example,dc=com.");
        if (options.BindPasswordFile is { } file && ServiceAccount.FaultOfFile(file) is { } fault)
            yield return new("bindPasswordFile", fault,
                "The file must contain only the password, and the account of this process must be able to read it.");
        if (options.BindAs is { } template && DirectBindName.Parse(template) is null)
            yield return new("bindAs",
                $"\"{template}\" is not a DN, or a name of Active Directory, with {DirectBindName.Placeholder} in it.",
                $"Write it in this form: uid={DirectBindName.Placeholder},ou=people,dc=example,dc=com; on Active Directory "
                + $"also {DirectBindName.Placeholder}@corp.example.");
    }

    private static IEnumerable<OptionFault> CheckUsers(LdapUserOptions users)
    {
        if (users.Base is null)
            yield return new("users.base", "The DN below which people are is missing.",
                "Write it, such as ou=people,dc=example,dc=com.");

        if (users.Base != "") foreach (var fault in CheckDn("users.base", users.Base)) yield return fault;
        foreach (var fault in CheckFilter("users.filter", users.Filter)) yield return fault;
        foreach (var fault in users.Names.SelectMany((name, i) => CheckName($"users.names[{i}]", name))) yield return fault;
        foreach (var (key, name) in new[] { ("username", users.Username), ("displayName", users.DisplayName), ("mail", users.Mail),
            ("id", users.Id) })
        {
            foreach (var fault in CheckName($"users.{key}", name)) yield return fault;
        }

        string[] changing = ["dn", "cn", "uid", "mail", "sn", "sAMAccountName", "userPrincipalName", "distinguishedName", "entryDN"];
        if (users.Id is { } id && changing.Contains(id, StringComparer.OrdinalIgnoreCase))
            yield return new("users.id",
                $"{id} changes when a person is renamed, and another person can get the same value later and would be taken for the first.",
                "Use entryUUID, objectGUID, nsUniqueId or ipaUniqueID.");
    }

    /// <summary>A domain controller answers a search from the root only as a global catalog (MS-ADTS §3.1.1.3.2.1).</summary>
    private static IEnumerable<OptionFault> CheckRoot(LdapOptions options)
    {
        if (options.Kind != UpstreamKind.ActiveDirectory) yield break;

        for (var i = 0; i < options.Servers.Count; i++)
        {
            if (LdapAddress.Parse(options.Servers[i]) is not { Port: 389 or 636 } address) continue;

            foreach (var key in new[] { (Name: "users.base", options.Users.Base),
                (Name: "groups.base", options.Groups.Base) }.Where(key => key.Base == ""))
            {
                yield return new(key.Name,
                    $"It is the root of the forest, but on port {address.Port} servers[{i}] has only its own domain.",
                    "Use the global catalog as the server, "
                    + $"{(address.IsTls ? "ldaps" : "ldap")}://{address.Host}:{(address.IsTls ? 3269 : 3268)}, "
                    + "or write the DN of a domain.");
            }
        }
    }

    private static IEnumerable<OptionFault> CheckGroups(LdapGroupOptions groups, UpstreamKind kind)
    {
        if (groups.Base != "") foreach (var fault in CheckDn("groups.base", groups.Base)) yield return fault;
        foreach (var fault in CheckFilter("groups.filter", groups.Filter)) yield return fault;
        foreach (var fault in CheckAttribute("groups.member", groups.Member)) yield return fault;
        foreach (var fault in CheckName("groups.name", groups.Name)) yield return fault;
        foreach (var fault in CheckAttribute("groups.membersAre", groups.MembersAre)) yield return fault;
        foreach (var fault in CheckAttribute("groups.primaryGroup", groups.PrimaryGroup)) yield return fault;

        if (groups.Source is GroupSource.TokenGroups or GroupSource.InChain && kind != UpstreamKind.ActiveDirectory)
            yield return new("groups.source", "Only Active Directory has this source.",
                "Use search or memberOf, or set kind to activeDirectory.");
        if (groups.PrimaryGroup is not null
            && (groups.Source ?? LdapPreset.Of(kind).GroupSource) is not (GroupSource.Search or GroupSource.MemberOf))
            yield return new("groups.primaryGroup",
                "With this groups.source the primary group is included already, or groups are not read.",
                "Remove it, or set groups.source to search or memberOf.");
        if (groups.Source == GroupSource.None && groups.Required is not [])
            yield return new("groups.required", "Groups are not read, so nobody could sign in.",
                "Remove it, or set groups.source.");
        if (groups.Prefix is { } prefix && TokenName.FaultOf($"{prefix}x") is { } wrong)
            yield return new("groups.prefix", $"A group name with this prefix {wrong}.", "Choose another, such as corp:.");
    }

    private static IEnumerable<OptionFault> CheckLockOut(LdapLockOutOptions lockOut)
    {
        if (lockOut.MaxFailures < 0)
            yield return new("lockOut.maxFailures", "It must not be negative.",
                "Write how many wrong passwords lock an account, or 0 if the directory locks no accounts.");
        if (lockOut.MaxFailures == 1)
            yield return new("lockOut.maxFailures",
                "The directory locks an account after one wrong password, so this server could send it no password at all.",
                "Raise the limit in the directory, for example to 10.");
        if (lockOut.Window <= TimeSpan.Zero || lockOut.Window > MaxWindow)
            yield return new("lockOut.window", "It must be greater than zero and at most 30 days.",
                "Write the time after which the directory resets its counter of wrong passwords, such as 00:30:00.");
    }

    private static IEnumerable<OptionFault> CheckTimes(LdapTimeOptions times)
    {
        foreach (var (key, time) in new[] { ("connect", times.Connect), ("bind", times.Bind), ("search", times.Search),
            ("whole", times.Whole) })
        {
            if (time <= TimeSpan.Zero || time > MaxTimeout)
                yield return new($"times.{key}", "It must be greater than zero and at most 30 seconds.",
                    "Write a few seconds, because people wait for this at the login page.");
        }

        if (times.Connect > times.Whole)
            yield return new("times.connect", "It is longer than times.whole, so a second server would never be tried.",
                "Make it shorter, so that several attempts fit into times.whole.");
    }

    private static IEnumerable<OptionFault> CheckDn(string key, string? dn)
    {
        if (dn is not null && DistinguishedName.TryParse(dn) is null)
            yield return new(key, $"\"{dn}\" is not a DN.", "Write it in this form: ou=people,dc=example,dc=com.");
    }

    private static IEnumerable<OptionFault> CheckAttribute(string key, string? name)
    {
        if (name is not null && !LdapFilter.IsAttribute(name))
            yield return new(key, $"\"{name}\" can't be the name of an attribute.", "Write one name, such as uid.");
    }

    private static IEnumerable<OptionFault> CheckName(string key, string? name) =>
        name is not null && NoText.Contains(name.Split(';')[0], StringComparer.OrdinalIgnoreCase)
            ? [new(key, $"{name} contains a certificate, a picture or a password, which can't be a name.",
                "Name an attribute that contains text, such as uid.")]
            : CheckAttribute(key, name);

    private static IEnumerable<OptionFault> CheckFilter(string key, string? filter)
    {
        string? fault = null;
        try
        {
            if (filter is not null) LdapFilter.Parse(filter);
        }
        catch (FormatException reason)
        {
            fault = reason.Message;
        }

        if (fault is not null)
            yield return new(key, $"It is not a valid filter: {fault}.",
                "Write it in this form: (&(objectClass=person)(!(employeeType=guest))).");
    }

    private static bool CountAlike(LdapOptions one, LdapOptions other) =>
        one.BindAs is null && other.BindAs is null
        && one.Users.Id == other.Users.Id && (one.Users.Id is not null || one.Kind == other.Kind);

    /// <summary>Whether the two name a server that is one and the same: its two usual ports lead to one directory.</summary>
    private static bool ShareServer(LdapOptions one, LdapOptions other) => ServersOf(one).Intersect(ServersOf(other)).Any();

    private static IEnumerable<(string Host, int Port)> ServersOf(LdapOptions options) =>
        options.Servers.Select(LdapAddress.Parse).OfType<LdapAddress>()
            .Select(address => (address.Host, address.Port is 636 ? 389 : address.Port));

    private static string? FaultOfAuthorities(string file)
    {
        try
        {
            TrustedAuthorities.Load(file);
            return null;
        }
        catch (LdapException fault)
        {
            return fault.Message;
        }
    }
}
