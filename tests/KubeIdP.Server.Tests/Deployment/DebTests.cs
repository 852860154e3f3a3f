using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Documentation;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>The package, on a Debian that has nothing else and runs systemd.</summary>
public sealed partial class DebTests(DebTests.Packages packages) : IClassFixture<DebTests.Packages>
{
    private const string Unit = "kubeidp-server.service";

    /// <summary>As on the page.</summary>
    private const string Later = "0.2.0";
    private const string Issuer = "https://idp.example.com";
    private const string Local = "https://localhost:8443";
    private const string OwnCertificate = "/etc/letsencrypt/live/idp.example.com/fullchain.pem";

    private const string MakeCertificate = "mkdir -p /etc/letsencrypt/live/idp.example.com && cd /etc/letsencrypt/live/idp.example.com && "
        + "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=idp.example.com "
        + "-addext subjectAltName=DNS:idp.example.com -keyout privkey.pem -out fullchain.pem";

    /// <summary>There is no directory here.</summary>
    private static readonly string[] CannotRunHere = ["kubeidp-server check --connect"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Installed => ServerPackage.NameOf(ServerPackage.Version);

    [Fact]
    public async Task The_same_program_makes_the_same_package()
    {
        using var folder = new TemporaryFolder();

        var again = await ServerPackage.BuildAsync(Later, folder.Path);

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(packages.Path, ServerPackage.NameOf(Later)), Ct),
            await File.ReadAllBytesAsync(again, Ct));
    }

    [Fact]
    public async Task It_is_installed_upgraded_removed_and_purged_and_no_state_is_lost()
    {
        await using var machine = await DebianMachine.StartAsync(Ct, $"{packages.Path}:/packages");

        await DoAsync(machine, $"apt-get install -y /packages/{Installed}");
        await ServesAsync(machine, Local);
        Assert.Equal("active\nenabled\n0\n",
            await DoAsync(machine, $"systemctl is-active {Unit} && systemctl is-enabled {Unit} && systemctl show -P NRestarts {Unit}"));
        Assert.Equal("", await DoAsync(machine, $"systemd-analyze verify {Unit} 2>&1"));
        Assert.Equal($"Serves {Local}\n", await DoAsync(machine, $"systemctl show -P StatusText {Unit}"));
        Assert.StartsWith($"{Local}/setup?token=", await DoAsync(machine, "cat /var/lib/kubeidp/setup-link"),
            StringComparison.Ordinal);
        await UsesOnlyWhatItDependsOnAsync(machine);

        // Root's commands: every way in which they write.
        var code = Answer(await DoAsync(machine,
            "kubeidp-server people add alice --email alice@example.com --output json", "correct horse battery staple"), "enrolmentCode");
        Assert.NotEmpty(code);
        await DoAsync(machine, "kubeidp-server keys rotate && kubeidp-server setup-link && kubeidp-server backup backup.db");
        await DoAsync(machine, $"systemctl stop {Unit} && kubeidp-server people list && kubeidp-server migrate");
        Assert.Equal("", await DoAsync(machine,
            "find /var/lib/private/kubeidp ! -uid $(stat -c %u /var/lib/private/kubeidp) -o -perm /077 ! -name ca.crt"));
        await DoAsync(machine, $"systemctl start {Unit}");
        Assert.Contains("ok     private files", await DoAsync(machine, "kubeidp-server check || true"), StringComparison.Ordinal);

        // An upgrade keeps what was configured.
        await DoAsync(machine, "sed -i 's#^dataDirectory#brand: { name: Acme }\\ndataDirectory#' /etc/kubeidp/kubeidp.yaml");
        await DoAsync(machine, $"apt-get install -y /packages/{ServerPackage.NameOf(Later)}");
        await ServesAsync(machine, Local);
        Assert.Contains("alice", await DoAsync(machine, "kubeidp-server people list"), StringComparison.Ordinal);
        Assert.Contains("Acme", await DoAsync(machine, "kubeidp-server config show"), StringComparison.Ordinal);

        // Gone, and back with everything.
        await DoAsync(machine, "apt-get remove -y kubeidp-server");
        Assert.Equal("", await DoAsync(machine, "grep -l kubeidp-server /proc/[0-9]*/comm || true"));
        await DoAsync(machine, $"apt-get install -y /packages/{Installed}");
        await ServesAsync(machine, Local);
        Assert.Contains("alice", await DoAsync(machine, "kubeidp-server people list"), StringComparison.Ordinal);

        // Nothing brings back a master key.
        await DoAsync(machine, "touch /etc/kubeidp/credentials/master.key");
        var purged = await DoAsync(machine, "apt-get purge -y kubeidp-server 2>&1");
        Assert.Contains("kept /var/lib/private/kubeidp", purged, StringComparison.Ordinal);
        Assert.Contains("kept /etc/kubeidp/credentials", purged, StringComparison.Ordinal);
        await DoAsync(machine,
            "test -e /var/lib/kubeidp/master.key && test ! -e /etc/kubeidp/kubeidp.yaml && test ! -e /usr/lib/kubeidp-server");
        await DoAsync(machine, "dpkg --audit && rm -r /etc/kubeidp /var/lib/private/kubeidp /var/lib/kubeidp");

        // Nothing to keep, nothing to say.
        await DoAsync(machine, $"dpkg -i /packages/{Installed} && systemctl stop {Unit} && rm -r /var/lib/private/kubeidp/*");
        Assert.DoesNotContain("kept", await DoAsync(machine, "apt-get purge -y kubeidp-server 2>&1"), StringComparison.Ordinal);
        Assert.Equal("", await DoAsync(machine, "find /etc /var/lib /usr -name '*kubeidp*' ! -path '/var/lib/dpkg/*'"));
    }

    /// <summary>
    /// As somebody does who follows the page: each command as it stands there, each block where the page says. Their database, their
    /// certificate and their directory are the test's.
    /// </summary>
    [Fact]
    public async Task The_page_works_as_written()
    {
        var page = Guides.All.Single(page => page.Path == Guides.OnLinux);
        await using var postgres = await PostgresServer.StartNewAsync(Ct);
        await postgres.CreateAccountAsync("kubeidp", "right", Ct);
        var database = new NpgsqlConnectionStringBuilder(await postgres.CreateEmptyDatabaseAsync(Ct)).Database!;
        FileModes.Set(postgres.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        await using var machine = await DebianMachine.StartAsync(Ct, $"{packages.Path}:/packages", $"{postgres.Folder}:/run/postgresql");
        await DoAsync(machine, $"cp /packages/*.deb . && {MakeCertificate}");

        var units = 0;
        foreach (var (kind, text) in page.AllBlocks)
        {
            switch (kind)
            {
                case "sh":
                    foreach (var command in Guide.Lines(text).Where(command => !CannotRunHere.Contains(command)))
                        await DoAsync(machine, command, "right\n");
                    break;
                case "ini":
                    await DoAsync(machine, $"install -D -m 644 /dev/stdin /etc/systemd/system/{Unit}.d/{++units}.conf && "
                        + "systemctl daemon-reload", text);
                    break;
                case "yaml":
                    var whole = text.Contains("issuer:", StringComparison.Ordinal);
                    await DoAsync(machine, $"cat {(whole ? ">" : ">>")}/etc/kubeidp/kubeidp.yaml", '\n' + text
                        .Replace("Host=db.example.com", "Host=/run/postgresql", StringComparison.Ordinal)
                        .Replace("Database=kubeidp", $"Database={database}", StringComparison.Ordinal));
                    break;
            }

            if (text.Contains("setup-link", StringComparison.Ordinal))
                await ServesAsync(machine, units == 0 && !text.Contains("config show", StringComparison.Ordinal) ? Local : Issuer);
            if (text.Contains("renewal-hooks", StringComparison.Ordinal)) await TakesARenewedCertificateAsync(machine);
            if (text.Contains(" restore ", StringComparison.Ordinal)) await ServesAsync(machine, Issuer, OwnCertificate);
            if (text.Contains("kubeidp-server migrate", StringComparison.Ordinal))
            {
                await ServesAsync(machine, Issuer, OwnCertificate);
                Assert.Equal("true", await postgres.AskAsync(
                    "SELECT (count(*) > 0)::text FROM pg_stat_activity WHERE usename = 'kubeidp'", Ct));
            }
        }

        Assert.Equal(3, units);
    }

    private static async Task TakesARenewedCertificateAsync(DebianMachine machine)
    {
        await ServesAsync(machine, Issuer, OwnCertificate);
        await DoAsync(machine, MakeCertificate);
        await DoAsync(machine, "/etc/letsencrypt/renewal-hooks/deploy/kubeidp-server");
        await ServesAsync(machine, Issuer, OwnCertificate);
    }

    /// <summary>With the certificate of this authority, and as this issuer.</summary>
    private static async Task ServesAsync(DebianMachine machine, string issuer, string authority = "/var/lib/kubeidp/tls/ca.crt")
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("ca.crt", await DoAsync(machine, $"cat {authority}"));
        var url = new Uri(issuer);
        var document = (await machine.CurlAsync(Ct, "--fail", "--cacert", file, "--resolve", $"{url.Host}:{url.Port}:127.0.0.1",
            $"{issuer}/.well-known/openid-configuration")).Succeeded().Output;
        Assert.Equal(issuer, Answer(document, "issuer"));
    }

    /// <summary>Each library of the system that the server has loaded is of a package that it depends on.</summary>
    private static async Task UsesOnlyWhatItDependsOnAsync(DebianMachine machine)
    {
        var loaded = (await DoAsync(machine, $$"""
            for file in $(awk '{ print $6 }' /proc/$(systemctl show -P MainPID {{Unit}})/maps | grep -E '^/(usr/)?lib.*\.so' \
                | grep -v ^/usr/lib/kubeidp-server/ | sort -u); do
              dpkg -S $file 2>/dev/null || dpkg -S ${file#/usr}
            done | cut -d: -f1 | sort -u
            """)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var depends = PackageName().Matches(await DoAsync(machine, "dpkg-query -W -f '${Depends}' kubeidp-server"))
            .Select(name => name.Value).ToList();

        Assert.Contains("libicu72", loaded);
        Assert.Contains("libssl3", loaded);
        Assert.All(loaded, package => Assert.Contains(package, depends));
    }

    private static async Task<string> DoAsync(DebianMachine machine, string command, string? input = null)
    {
        var outcome = await machine.RunAsync(command, Ct, input);
        if (outcome.ExitCode == 0) return outcome.Output;

        var log = await machine.RunAsync($"journalctl --no-pager -n 40 -o cat -u {Unit}", Ct);
        throw new InvalidOperationException($"{command}\n{outcome}\n{log.Output}");
    }

    private static string Answer(string json, string name) => JsonDocument.Parse(json).RootElement.GetProperty(name).GetString()!;

    [GeneratedRegex(@"(?<=^|[,|] )[a-z0-9.+-]+")]
    private static partial Regex PackageName();

    /// <summary>The package, and the same program as a later one, in one folder.</summary>
    public sealed class Packages : IAsyncLifetime
    {
        private readonly TemporaryFolder folder = new();

        public string Path => folder.Path;

        public async ValueTask InitializeAsync()
        {
            await ServerPackage.GetAsync();
            File.Copy(System.IO.Path.Combine(ServerPackage.Folder, Installed), folder.File(Installed));
            await ServerPackage.BuildAsync(Later, folder.Path);
        }

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
