using System.Diagnostics;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Testing.Directories;

/// <summary>
/// An OpenLDAP server: people are <c>inetOrgPerson</c>, groups are <c>groupOfNames</c>, the overlays <c>memberof</c>, <c>refint</c> and
/// <c>ppolicy</c> (five wrong passwords lock) are on. An anonymous client reads nothing. It logs every operation. The class
/// <c>testEntry</c> lets an entry have more, such as bytes as <c>testBytes</c>; <c>krbPrincipalAux</c> is the part of FreeIPA's class
/// that is about passwords.
/// </summary>
public sealed class Slapd : InetOrgDirectory
{
    private const string Program = "/usr/sbin/slapd";
    private const string AdministratorDn = $"cn=admin,{Suffix}";
    private const string AdministratorPassword = "admin-password";

    private readonly string settings;
    private readonly string ofDatabase;

    private Slapd(string folder, string settings, string ofDatabase, int port, int tlsPort)
        : base(new Daemon(folder, Programs.Required(Program),
            ["-d", "stats", "-f", $"{folder}/slapd.conf", "-h", $"ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tlsPort}"], "127.0.0.1",
            [port, tlsPort]), folder, port, tlsPort) =>
        (this.settings, this.ofDatabase) = (settings, ofDatabase);

    public static Task<Slapd> StartNewAsync(CancellationToken ct) => StartNewAsync("", "", ct);

    public static Task<Slapd> StartNewAsync(string settings, CancellationToken ct) => StartNewAsync(settings, "", ct);

    /// <param name="settings">More lines of slapd.conf(5), for those before the database.</param>
    /// <param name="ofDatabase">Lines for the database itself.</param>
    /// <param name="ct">Leaves nothing running.</param>
    public static async Task<Slapd> StartNewAsync(string settings, string ofDatabase, CancellationToken ct)
    {
        var folder = Scratch.NewFolder("kubeidp-slapd-");
        using (var authority = new TestAuthority())
        using (var certificate = authority.Issue(["127.0.0.1", "localhost"]))
            authority.WriteFiles(folder, certificate);

        var server = new Slapd(folder, settings, ofDatabase, Ports.Free(), Ports.Free());
        Directory.CreateDirectory($"{folder}/db");
        await File.WriteAllTextAsync($"{folder}/slapd.conf", server.Configuration(), ct);
        await server.StartAsync(ct);
        await server.ChangeAsync(server.FirstEntries(), ct);
        return server;
    }

    // slapo-ppolicy(5): locked for good, which only an administrator does.
    public override Task DisableAsync(string name, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "replace", "pwdAccountLockedTime", "000001010000Z"), ct);

    public override Task EnableAsync(string name, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "delete", "pwdAccountLockedTime"), ct);

    public override Task AddGroupAsync(string name, IEnumerable<string> members, CancellationToken ct) =>
        ChangeAsync(new Ldif()
            .Add(GroupDn(name),
                [("objectClass", "groupOfNames"), ("cn", name),
                    .. members.DefaultIfEmpty($"cn=nobody,{Suffix}").Select(member => ("member", member))]), ct);

    public override Task ChangeAsync(Ldif changes, CancellationToken ct) =>
        ChangeAsync($"ldaps://127.0.0.1:{TlsPort}", AdministratorDn, AdministratorPassword, changes, ct);

    /// <summary>
    /// Takes in very many entries at once, while the server is down; without what overlays would make of them, such as <c>memberOf</c>.
    /// </summary>
    /// <param name="ldifFile">Entries below those that are there.</param>
    /// <param name="ct">Leaves the server down.</param>
    public async Task LoadAsync(string ldifFile, CancellationToken ct)
    {
        await StopAsync();
        (await Programs.RunAsync(
            new ProcessStartInfo(Programs.Required("/usr/sbin/slapadd"), ["-q", "-f", $"{Folder}/slapd.conf", "-l", ldifFile]), input: null,
            ct)).Succeeded();
        await StartAsync(ct);
    }

    private Ldif FirstEntries() => new Ldif()
        .Add(Suffix, ("objectClass", "dcObject"), ("objectClass", "organization"), ("dc", "kube"), ("o", "KubeIdP tests"))
        .Add(PeopleDn, ("objectClass", "organizationalUnit"), ("ou", "people"))
        .Add(OtherPeopleDn, ("objectClass", "organizationalUnit"), ("ou", "moved"))
        .Add(GroupsDn, ("objectClass", "organizationalUnit"), ("ou", "groups"))
        .Add(ReaderDn, ("objectClass", "organizationalRole"), ("objectClass", "simpleSecurityObject"), ("cn", "reader"),
            ("userPassword", ReaderPassword))
        .Add($"cn=policy,{Suffix}", ("objectClass", "organizationalRole"), ("objectClass", "pwdPolicy"), ("cn", "policy"),
            ("pwdAttribute", "userPassword"),
            ("pwdLockout", "TRUE"), ("pwdMaxFailure", "5"), ("pwdLockoutDuration", "3600"));

    private string Configuration() => $"""
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/nis.schema
        include /etc/ldap/schema/inetorgperson.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        moduleload memberof
        moduleload refint
        moduleload ppolicy
        attributetype ( 1.3.6.1.4.1.4203.666.1.1 NAME 'testBytes' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
        objectclass ( 1.3.6.1.4.1.4203.666.3.1 NAME 'testEntry' SUP top AUXILIARY
          MAY ( testBytes $ employeeNumber $ uidNumber $ gidNumber $ facsimileTelephoneNumber ) )
        pidfile {Folder}/slapd.pid
        TLSCACertificateFile {Folder}/ca.pem
        TLSCertificateFile {Folder}/server.pem
        TLSCertificateKeyFile {Folder}/server.key
        attributetype ( 2.16.840.1.113719.1.301.4.36.1 NAME 'krbPasswordExpiration' EQUALITY generalizedTimeMatch
          SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )
        attributetype ( 2.16.840.1.113719.1.301.4.45.1 NAME 'krbLastPwdChange' EQUALITY generalizedTimeMatch
          SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )
        attributetype ( 2.16.840.1.113719.1.301.4.8.1 NAME 'krbTicketFlags' EQUALITY integerMatch
          SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
        objectclass ( 2.16.840.1.113719.1.301.6.8.1 NAME 'krbPrincipalAux' SUP top AUXILIARY
          MAY ( krbPasswordExpiration $ krbLastPwdChange $ krbTicketFlags ) )
        sizelimit size.soft=500 size.hard=500 size.prtotal=unlimited
        access to attrs=userPassword by anonymous auth by * none
        access to * by users read by * none
        {settings}
        database mdb
        suffix {Suffix}
        rootdn {AdministratorDn}
        rootpw {AdministratorPassword}
        directory {Folder}/db
        maxsize 1073741824
        dbnosync
        {ofDatabase}
        index objectClass,uid,cn,member,memberUid,uniqueMember,entryUUID eq
        overlay memberof
        overlay refint
        refint_attributes member memberOf
        overlay ppolicy
        ppolicy_default cn=policy,{Suffix}
        ppolicy_hash_cleartext

        """;
}
