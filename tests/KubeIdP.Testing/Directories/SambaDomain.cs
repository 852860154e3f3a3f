using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Testing.Directories;

/// <summary>
/// A domain controller of Active Directory, as Samba makes one. Only its LDAP service runs, on an address of the loopback network that no
/// other test process uses, for its ports can't be chosen. A person's common name is "X of the test", so that it differs from the name to
/// sign in with.
/// </summary>
public sealed class SambaDomain : TestDirectory
{
    private const string Program = "/usr/sbin/samba";
    private const string Realm = "AD.KUBE.TEST";
    private const string Suffix = "DC=ad,DC=kube,DC=test";
    private const string AdministratorPassword = "Passw0rd.Admin1";

    // MS-ADTS §2.2.16
    private const string NormalAccount = "512";
    private const string DisabledAccount = "514";
    private const string NormalAccountWithoutPasswordEnd = "66048";

    private readonly string folder;
    private readonly FileStream addressLock;

    private SambaDomain(string folder, string address, FileStream addressLock)
        : base(new Daemon(folder, Programs.Required(Program), ["-i", "-M", "single", "-s", $"{folder}/smb.conf"], address, [389, 636])) =>
        (this.folder, Host, this.addressLock) = (folder, address, addressLock);

    /// <summary>The old name of the domain, for names such as <c>KUBEAD\alice</c>.</summary>
    public const string NetBiosName = "KUBEAD";

    /// <summary>What follows the @ in a user principal name.</summary>
    public const string DnsName = "ad.kube.test";

    public override string Host { get; }

    public override int Port => 389;

    public override int TlsPort => 636;

    public override string AuthorityFile => $"{folder}/ca.pem";

    public override string BaseDn => Suffix;

    public override string ReaderDn => $"CN=reader of the test,{PeopleDn}";

    public override string ReaderPassword => "reader-password";

    public static async Task<SambaDomain> StartNewAsync(CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new InvalidOperationException("Samba listens on port 389 of its address, so these tests run as root.");

        Programs.Required(Program);
        var (address, addressLock) = TakeAddress();
        var folder = Scratch.NewFolder("kubeidp-samba-");
        using (var authority = new TestAuthority())
        using (var certificate = authority.Issue([address]))
            authority.WriteFiles(folder, certificate);

        (await RunAsync(ct, "tar", "-xf", await ProvisionedAsync(ct), "-C", folder)).Succeeded();
        await File.WriteAllTextAsync($"{folder}/smb.conf", Configuration(folder, address), ct);

        var domain = new SambaDomain(folder, address, addressLock);
        await domain.StartAsync(ct);
        await domain.ChangeAsync(new Ldif()
            .Add(domain.PeopleDn, ("objectClass", "organizationalUnit"))
            .Add(domain.OtherPeopleDn, ("objectClass", "organizationalUnit"))
            .Add(domain.GroupsDn, ("objectClass", "organizationalUnit")), ct);
        await domain.AddPersonAsync("reader", domain.ReaderPassword, ct);
        return domain;
    }

    public override string PersonDn(string name) => $"CN={name} of the test,{PeopleDn}";

    public override Task AddPersonAsync(string name, string password, CancellationToken ct) => ChangeAsync(
        new Ldif()
            .Add(PersonDn(name), ("objectClass", "user"), ("sAMAccountName", name), ("userPrincipalName", $"{name}@{DnsName}"),
                ("displayName", $"{name} of the test"), ("mail", $"{name}@kube.test"))
            .Modify(PersonDn(name), "replace", "unicodePwd", [Quoted(password)])
            .Modify(PersonDn(name), "replace", "userAccountControl", NormalAccount), ct);

    public override Task SetPasswordAsync(string name, string password, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "replace", "unicodePwd", [Quoted(password)]), ct);

    public override Task DisableAsync(string name, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "replace", "userAccountControl", DisabledAccount), ct);

    public override Task EnableAsync(string name, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "replace", "userAccountControl", NormalAccount), ct);

    public override Task RenameAsync(string name, string newName, CancellationToken ct) => ChangeAsync(
        new Ldif()
            .Modify(PersonDn(name), "replace", "sAMAccountName", newName)
            .Modify(PersonDn(name), "replace", "userPrincipalName", $"{newName}@{DnsName}")
            .Rename(PersonDn(name), $"CN={newName} of the test"), ct);

    public override Task AddGroupAsync(string name, IEnumerable<string> members, CancellationToken ct) =>
        ChangeAsync(new Ldif()
            .Add(GroupDn(name), [("objectClass", "group"), ("sAMAccountName", name), .. members.Select(member => ("member", member))]), ct);

    /// <summary>The account is over at this moment.</summary>
    public Task ExpireAsync(string name, DateTimeOffset at, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "replace", "accountExpires", at.ToFileTime().ToString(CultureInfo.InvariantCulture)),
            ct);

    public Task LetPasswordNeverEndAsync(string name, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "replace", "userAccountControl", NormalAccountWithoutPasswordEnd), ct);

    /// <summary>The password is right until the person has chosen another.</summary>
    public Task DemandNewPasswordAsync(string name, CancellationToken ct) =>
        ChangeAsync(new Ldif().Modify(PersonDn(name), "replace", "pwdLastSet", "0"), ct);

    public override Task ChangeAsync(Ldif changes, CancellationToken ct) =>
        ChangeAsync($"ldaps://{Host}", $"administrator@{DnsName}", AdministratorPassword, changes, ct);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await addressLock.DisposeAsync();
    }

    // MS-ADTS §3.1.1.3.1.5.1
    private static byte[] Quoted(string password) => Encoding.Unicode.GetBytes($"\"{password}\"");

    /// <summary>The lock on the file ends with this process, however that ends.</summary>
    private static (string Address, FileStream Lock) TakeAddress()
    {
        for (var last = 77; last < 250; last++)
        {
            try
            {
                return ($"127.0.0.{last}",
                    new FileStream(Path.Combine(Path.GetTempPath(), $"kubeidp-samba-127.0.0.{last}.lock"), FileMode.OpenOrCreate,
                        FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                // Another test process has it.
            }
        }

        throw new InvalidOperationException("No address of the loopback network is free for a domain controller.");
    }

    /// <summary>
    /// A new domain as an archive. Making one takes half a minute, so it is kept in the temporary folder, by the version of Samba and the
    /// way we make it.
    /// </summary>
    private static async Task<string> ProvisionedAsync(CancellationToken ct)
    {
        string[] recipe =
        [
            "domain", "provision", $"--realm={Realm}", $"--domain={NetBiosName}", "--server-role=dc", "--dns-backend=NONE",
            $"--adminpass={AdministratorPassword}",
            "--host-name=dc1", "--host-ip=127.0.0.77",
        ];
        string[] policy = ["domain", "passwordsettings", "set", "--complexity=off", "--min-pwd-age=0", "--history-length=0",
            "--min-pwd-length=4", "--account-lockout-threshold=5"];

        var version = (await RunAsync(ct, Program, "--version")).Succeeded().Output;
        var key = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [version, .. recipe, .. policy]))))[..16];
        var archive = Path.Combine(Path.GetTempPath(), $"kubeidp-samba-domain-{key}.tar");

        // One test process makes it and the others wait: it takes half a minute of processor time.
        await using var alone = await LockAsync($"{archive}.lock", ct);
        if (File.Exists(archive)) return archive;

        var folder = Scratch.NewFolder("kubeidp-samba-new-");
        (await RunAsync(ct, ["samba-tool", .. recipe, $"--targetdir={folder}/domain"])).Succeeded();
        (await RunAsync(ct, ["samba-tool", .. policy, "-s", $"{folder}/domain/etc/smb.conf", "-H", $"{folder}/domain/private/sam.ldb"]))
            .Succeeded();
        (await RunAsync(ct, "tar", "-cf", $"{folder}/domain.tar", "-C", $"{folder}/domain", ".")).Succeeded();

        // Whole or not at all, whatever ends this process.
        File.Move($"{folder}/domain.tar", archive, overwrite: true);
        Directory.Delete(folder, recursive: true);
        return archive;
    }

    /// <summary>The lock on the file ends with this process, however that ends.</summary>
    private static async Task<FileStream> LockAsync(string path, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
            }
        }
    }

    private static Task<Outcome> RunAsync(CancellationToken ct, params string[] words) =>
        Programs.RunAsync(new ProcessStartInfo(words[0], words[1..]), input: null, ct);

    private static string Configuration(string folder, string address) => $"""
        [global]
        netbios name = DC1
        realm = {Realm}
        workgroup = {NetBiosName}
        server role = active directory domain controller
        server services = ldap
        dcerpc endpoint servers = -winreg -srvsvc
        interfaces = {address}/8
        bind interfaces only = yes
        private dir = {folder}/private
        state directory = {folder}/state
        cache directory = {folder}/cache
        lock directory = {folder}
        pid directory = {folder}
        binddns dir = {folder}/bind-dns
        ncalrpc dir = {folder}/ncalrpc
        tls keyfile = {folder}/server.key
        tls certfile = {folder}/server.pem
        tls cafile = {folder}/ca.pem
        ldap server require strong auth = allow_sasl_over_tls
        logging = file
        log file = {folder}/samba-messages.log
        max log size = 0

        """;
}
