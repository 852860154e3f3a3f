using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Testing.Directories;

/// <summary>
/// A 389 Directory Server, the one beneath FreeIPA: people are <c>inetOrgPerson</c>, groups are <c>groupOfNames</c>. A policy for the
/// password of one person is named in their <c>pwdPolicySubentry</c>. It is made in a folder by hand, of the templates of its package, for
/// its own tool wants the whole machine.
/// </summary>
public sealed class Ds389 : InetOrgDirectory
{
    private const string Program = "/usr/sbin/ns-slapd";
    private const string Template = "/usr/share/dirsrv/data/template-dse.ldif";
    private const string AdministratorDn = "cn=admin";
    private const string AdministratorPassword = "admin-password";
    private const string Backends = "cn=ldbm database,cn=plugins,cn=config";

    // NSS names the certificate and its own store so.
    private const string CertificateName = "Server-Cert";
    private const string StorePassword = "of-the-store";

    private Ds389(string folder, int port, int tlsPort)
        : base(new Daemon(folder, Programs.Required(Program), ["-D", $"{folder}/config", "-i", $"{folder}/run/pid", "-d", "0"], "127.0.0.1",
            [port, tlsPort]), folder, port, tlsPort)
    {
    }

    public static async Task<Ds389> StartNewAsync(CancellationToken ct)
    {
        Programs.Required(Program);
        var folder = Scratch.NewFolder("kubeidp-389-");
        foreach (var part in (string[])["config/schema", "db", "bak", "ldif", "log", "lock", "run", "tmp"])
            Directory.CreateDirectory($"{folder}/{part}");

        var server = new Ds389(folder, Ports.Free(), Ports.Free());
        await server.WriteConfigurationAsync(ct);
        await server.WriteCertificateAsync(ct);
        await server.StartAsync(ct);
        await server.ChangeAsync(FirstEntries(), ct);
        await server.ChangeAsync(server.FirstPlaces(), ct);
        return server;
    }

    public override Task DisableAsync(string name, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "replace", "nsAccountLock", "true"), ct);

    public override Task EnableAsync(string name, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "delete", "nsAccountLock"), ct);

    public override Task AddGroupAsync(string name, IEnumerable<string> members, CancellationToken ct) =>
        ChangeAsync(new Ldif()
            .Add(GroupDn(name), [("objectClass", "groupOfNames"), ("cn", name), .. members.Select(member => ("member", member))]), ct);

    public override Task ChangeAsync(Ldif changes, CancellationToken ct) =>
        ChangeAsync($"ldaps://127.0.0.1:{TlsPort}", AdministratorDn, AdministratorPassword, changes, ct);

    /// <summary>A part of the tree with a database of its own, which refers everybody elsewhere as while it is being filled anew.</summary>
    public Task AddReferringPartAsync(string name, string parentDn, string url, CancellationToken ct)
    {
        var dn = $"ou={name},{parentDn}";
        return ChangeAsync(new Ldif()
            .Add($"cn={name},{Backends}", ("objectClass", "extensibleObject"), ("objectClass", "nsBackendInstance"), ("cn", name),
                ("nsslapd-suffix", dn))
            .Add($"cn=\"{dn}\",cn=mapping tree,cn=config", ("objectClass", "extensibleObject"), ("objectClass", "nsMappingTree"),
                ("cn", dn), ("nsslapd-state", "referral"),
                ("nsslapd-backend", name), ("nsslapd-parent-suffix", Suffix), ("nsslapd-referral", url)), ct);
    }

    private static Ldif FirstEntries() => new Ldif()
        .Add($"cn=userRoot,{Backends}", ("objectClass", "extensibleObject"), ("objectClass", "nsBackendInstance"), ("cn", "userRoot"),
            ("nsslapd-suffix", Suffix))
        .Add($"cn=\"{Suffix}\",cn=mapping tree,cn=config", ("objectClass", "extensibleObject"), ("objectClass", "nsMappingTree"),
            ("cn", Suffix), ("nsslapd-state", "backend"),
            ("nsslapd-backend", "userRoot"))
        .Modify("cn=config", "replace", "nsslapd-pwpolicy-local", "on");

    private Ldif FirstPlaces() => new Ldif()
        .Add(Suffix, ("objectClass", "domain"), ("dc", "kube"),
            ("aci", "(targetattr!=\"userPassword\")(version 3.0; acl \"reading\"; allow (read,search,compare) userdn=\"ldap:///all\";)"))
        .Add(PeopleDn, ("objectClass", "organizationalUnit"), ("ou", "people"))
        .Add(OtherPeopleDn, ("objectClass", "organizationalUnit"), ("ou", "moved"))
        .Add(GroupsDn, ("objectClass", "organizationalUnit"), ("ou", "groups"))
        .Add(ReaderDn, ("objectClass", "organizationalRole"), ("objectClass", "simpleSecurityObject"), ("cn", "reader"),
            ("userPassword", ReaderPassword));

    private async Task WriteConfigurationAsync(CancellationToken ct)
    {
        var text = await File.ReadAllTextAsync(Template, ct);
        var network =
            $"nsslapd-port: {Port}\nnsslapd-securePort: {TlsPort}\nnsslapd-security: on\nnsslapd-listenhost: "
            + $"127.0.0.1\nnsslapd-securelistenhost: 127.0.0.1";
        (string Name, string Value)[] values =
        [
            ("ds_port", Port.ToString(CultureInfo.InvariantCulture)), ("schema_dir", $"{Folder}/config/schema"),
            ("cert_dir", $"{Folder}/config"), ("config_dir", $"{Folder}/config"),
            ("lock_dir", $"{Folder}/lock"), ("tmp_dir", $"{Folder}/tmp"), ("ldif_dir", $"{Folder}/ldif"), ("bak_dir", $"{Folder}/bak"),
            ("run_dir", $"{Folder}/run"),
            ("inst_dir", Folder), ("log_dir", $"{Folder}/log"), ("db_dir", $"{Folder}/db"), ("db_home_dir", $"{Folder}/db"),
            ("db_lib", "bdb"), ("fqdn", "localhost"),
            ("ds_user", Environment.UserName), ("rootdn", AdministratorDn), ("ds_passwd", Salted(AdministratorPassword)),
            ("ldapi_enabled", "off"), ("ldapi", $"{Folder}/run/ldapi"),
            ("ldapi_autobind", "off"), ("ds_suffix", Suffix),
        ];
        text = values.Aggregate(text, (all, one) => all.Replace($"%{one.Name}%", one.Value, StringComparison.Ordinal));
        await File.WriteAllTextAsync($"{Folder}/config/dse.ldif", text.Replace($"nsslapd-port: {Port}", network, StringComparison.Ordinal),
            ct);
        File.Copy("/etc/dirsrv/config/slapd-collations.conf", $"{Folder}/config/slapd-collations.conf");
        File.Copy("/etc/dirsrv/config/certmap.conf", $"{Folder}/config/certmap.conf");
        File.Copy("/etc/dirsrv/schema/99user.ldif", $"{Folder}/config/schema/99user.ldif");
    }

    private async Task WriteCertificateAsync(CancellationToken ct)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(["127.0.0.1", "localhost"]);
        authority.WriteFiles(Folder, certificate);
        await File.WriteAllTextAsync($"{Folder}/config/pin.txt", $"Internal (Software) Token:{StorePassword}\n", ct);
        await File.WriteAllTextAsync($"{Folder}/config/store-password", $"{StorePassword}\n", ct);
        (await RunAsync(ct, "openssl", "pkcs12", "-export", "-in", $"{Folder}/server.pem", "-inkey", $"{Folder}/server.key", "-out",
            $"{Folder}/server.p12", "-name", CertificateName, "-passout", "pass:x")).Succeeded();
        (await RunAsync(ct, "certutil", "-N", "-d", $"{Folder}/config", "-f", $"{Folder}/config/store-password")).Succeeded();
        (await RunAsync(ct, "pk12util", "-i", $"{Folder}/server.p12", "-W", "x", "-d", $"{Folder}/config", "-k",
            $"{Folder}/config/store-password")).Succeeded();
        (await RunAsync(ct, "certutil", "-A", "-d", $"{Folder}/config", "-f", $"{Folder}/config/store-password", "-n", "ca", "-t", "CT,,",
            "-a", "-i", $"{Folder}/ca.pem")).Succeeded();
    }

    // RFC 2307 §5.3 with a salt, which the server demands of a password in its own configuration.
    private static string Salted(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(8);
#pragma warning disable CA5350 // The form of this file, for a server that lives for a minute.
        return $"{{SSHA}}{Convert.ToBase64String([.. SHA1.HashData([.. Encoding.UTF8.GetBytes(password), .. salt]), .. salt])}";
#pragma warning restore CA5350
    }

    private static Task<Outcome> RunAsync(CancellationToken ct, params string[] words) =>
        Programs.RunAsync(new ProcessStartInfo(words[0], words[1..]), input: null, ct);
}
