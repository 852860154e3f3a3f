using KubeIdP.Core.Naming;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>What must hold for a directory's options.</summary>
public static class LdapRules
{
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxWindow = TimeSpan.FromDays(30);

    // RFC 4523 §2, RFC 2798 §2, MS-ADA3. What else holds bytes only the directory's schema knows: it is found out when a value is read.
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
            "domains", $"\"{domain}\" can't stand before a backslash or after an @.",
            "Write the bare name of the domain, such as CORP or corp.example.")),
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
            yield return new("servers", "No server is named.", "Give at least one, such as ldaps://ldap.example.com.");

        for (var i = 0; i < options.Servers.Count; i++)
        {
            if (LdapAddress.Parse(options.Servers[i]) is null)
                yield return new($"servers[{i}]", $"\"{options.Servers[i]}\" is not the URL of a directory server.",
                    "Write ldaps://HOST or ldap://HOST, with :PORT where it is not the usual one, and nothing behind.");
        }

        if (options.PlainText == PlainText.Never && options.CaFile is null) yield break;

        var addresses = options.Servers.Select(LdapAddress.Parse).OfType<LdapAddress>().ToList();
        if (options.PlainText == PlainText.OnLoopback && addresses.Count > 0
            && !addresses.Any(address => address.IsLoopback && !address.IsTls))
            yield return new("plainText", "No server of this directory is an ldap:// one on this machine.",
                "Remove the key: the servers are spoken to with TLS.");
        if (options.CaFile is { } file && FaultOfAuthorities(file) is { } fault)
            yield return new("caFile", fault,
                "Name a PEM file with the certificate of the authority that signed the server's, readable for the account of this "
                + "process.");
    }

    private static IEnumerable<OptionFault> CheckAccount(LdapOptions options)
    {
        if (options.BindDn is null && options.BindAs is null)
            yield return new("bindDn", "There is no account to search with.",
                "Give bindDn and bindPasswordFile, or bindAs when people themselves are to sign in to the directory.");
        if (options is { BindDn: not null, BindAs: not null })
            yield return new("bindAs", "bindDn and bindAs exclude each other.",
                "Keep bindDn: only then can people be looked up again at a refresh.");
        if (options is { BindPasswordFile: not null, BindPassword: not null })
            yield return new("bindPassword", "The password of the account is given twice.", "Keep bindPasswordFile.");
        if (options is { BindDn: not null, BindPasswordFile: null, BindPassword: null })
            yield return new("bindPasswordFile",
                "The account to search with has no password, and without one the directory treats the bind as anonymous.",
                "Write its password into a file and name that here.");
        if (options.BindDn is { } dn && DistinguishedName.TryParse(dn) is null
            && (options.Kind != UpstreamKind.ActiveDirectory || !dn.AsSpan().ContainsAny('@', '\\')))
            yield return new("bindDn", $"\"{dn}\" is not a DN.", "Write it as in cn=kubeidp,ou=services,dc=example,dc=com.");
        if (options.BindPasswordFile is { } file && ServiceAccount.FaultOfFile(file) is { } fault)
            yield return new("bindPasswordFile", fault,
                "Write the password, and nothing else, into the file, and let the account of this process read it.");
        if (options.BindAs is { } template && DirectBindName.Parse(template) is null)
            yield return new("bindAs", $"\"{template}\" is not a name with {DirectBindName.Placeholder} in it.",
                $"Write it as in uid={DirectBindName.Placeholder},ou=people,dc=example,dc=com; on Active Directory "
                + $"also {DirectBindName.Placeholder}@corp.example.");
    }

    private static IEnumerable<OptionFault> CheckUsers(LdapUserOptions users)
    {
        if (users.Base is null)
            yield return new("users.base", "It is not said where people are.",
                "Give the DN below which all of them are, such as ou=people,dc=example,dc=com.");

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
                $"{id} changes when a person's name does, and may be given to somebody else later, who would then be that person.",
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
                    $"It is the root of the forest, and servers[{i}] holds its own domain alone on port {address.Port}.",
                    $"Ask the global catalog, {(address.IsTls ? "ldaps" : "ldap")}://{address.Host}:{(address.IsTls ? 3269 : 3268)}, "
                    + "or give the DN of a domain.");
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
            yield return new("groups.source", "Only Active Directory has this.", "Use search or memberOf, or set kind to activeDirectory.");
        if (groups.PrimaryGroup is not null
            && (groups.Source ?? LdapPreset.Of(kind).GroupSource) is not (GroupSource.Search or GroupSource.MemberOf))
            yield return new("groups.primaryGroup", "This source of groups has the primary group already, or has none at all.",
                "Remove it, or set groups.source to search or memberOf.");
        if (groups.Source == GroupSource.None && groups.Required is not [])
            yield return new("groups.required", "Groups are not read, so nobody would be in one of these.",
                "Remove it, or give groups.source.");
        if (groups.Prefix is { } prefix && TokenName.FaultOf($"{prefix}x") is { } wrong)
            yield return new("groups.prefix", $"A name with this in front {wrong}.", "Choose another, such as corp:.");
    }

    private static IEnumerable<OptionFault> CheckLockOut(LdapLockOutOptions lockOut)
    {
        if (lockOut.MaxFailures < 0)
            yield return new("lockOut.maxFailures", "It must not be negative.",
                "Write how many wrong passwords lock an account, or 0 when the directory locks nobody.");
        if (lockOut.MaxFailures == 1)
            yield return new("lockOut.maxFailures",
                "A directory that locks an account for one wrong password locks everybody who mistypes theirs: no try could be let "
                + "through to it.", "Let the directory allow some more.");
        if (lockOut.Window <= TimeSpan.Zero || lockOut.Window > MaxWindow)
            yield return new("lockOut.window", "It must be greater than zero and at most 30 days.",
                "Write after how long the directory forgets wrong passwords, such as 00:30:00.");
    }

    private static IEnumerable<OptionFault> CheckTimes(LdapTimeOptions times)
    {
        foreach (var (key, time) in new[] { ("connect", times.Connect), ("bind", times.Bind), ("search", times.Search),
            ("whole", times.Whole) })
        {
            if (time <= TimeSpan.Zero || time > MaxTimeout)
                yield return new($"times.{key}", "It must be greater than zero and at most 30 seconds.",
                    "People wait for it at the login page: a few seconds are right.");
        }

        if (times.Connect > times.Whole)
            yield return new("times.connect", "It is longer than times.whole, so no second server would ever be tried.",
                "Make it shorter, so that several fit.");
    }

    private static IEnumerable<OptionFault> CheckDn(string key, string? dn)
    {
        if (dn is not null && DistinguishedName.TryParse(dn) is null)
            yield return new(key, $"\"{dn}\" is not a DN.", "Write it as in ou=people,dc=example,dc=com.");
    }

    private static IEnumerable<OptionFault> CheckAttribute(string key, string? name)
    {
        if (name is not null && !LdapFilter.IsAttribute(name))
            yield return new(key, $"\"{name}\" can't be the name of an attribute.", "Write one name, such as uid.");
    }

    private static IEnumerable<OptionFault> CheckName(string key, string? name) =>
        name is not null && NoText.Contains(name.Split(';')[0], StringComparer.OrdinalIgnoreCase)
            ? [new(key, $"{name} holds a certificate, a picture or a password, and nobody is called so.",
                "Name an attribute with a text, such as uid.")]
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
            yield return new(key, $"It is not a filter: {fault}.", "Write it as in (&(objectClass=person)(!(employeeType=guest))).");
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
