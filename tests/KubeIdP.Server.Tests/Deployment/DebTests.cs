using System.Diagnostics;
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

    /// <summary>There is no directory here, no curl, and no other machine.</summary>
    private static readonly string[] CannotRunHere =
        ["kubeidp-server check --connect", "curl --fail http://localhost:9000/readyz", "scp kubeidp-keys.tar.gz admin@vault.example.com:"];

    /// <summary>It asks at a terminal, which is not here.</summary>
    private const string AnswerWithoutTerminal = "test -x /usr/bin/systemd-ask-password && "
        + "printf '#!/bin/sh\nexec cat\n' | install -m 755 /dev/stdin /usr/local/bin/systemd-ask-password";

    /// <summary>What is left is what the page says to have elsewhere.</summary>
    private const string LoseTheMachine = "set -e; cp /var/backups/kubeidp/*.backup kubeidp.backup; "
        + "systemctl disable --now kubeidp-backup.timer; apt-get purge -y kubeidp-server; "
        + "rm -r /etc/kubeidp /etc/systemd/system/kubeidp-* /usr/local/sbin/kubeidp-backup /var/lib/private/kubeidp /var/lib/kubeidp";

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
    public async Task It_has_what_runs_and_pages_whose_links_lead_somewhere()
    {
        using var folder = new TemporaryFolder();
        (await Programs.RunAsync(new ProcessStartInfo("dpkg-deb", ["-x", Path.Combine(packages.Path, Installed), folder.Path]), null, Ct))
            .Succeeded();
        var program = Directory.GetFiles(folder.File("usr/lib/kubeidp-server"), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetFileName(file)).ToList();

        // Programs: the server's alone. Comments: those that config reference prints.
        Assert.DoesNotContain(program, file => Path.GetExtension(file) is ".pdb" || file is "kubeidp" or "createdump");
        Assert.DoesNotContain(program, file => Regex.IsMatch(file, "libmscor|libclrgc|traceptprovider"));
        Assert.Equal(["KubeIdP.Connectors.xml", "KubeIdP.Core.xml", "kubeidp-server.xml", "kubeidp.xml"],
            program.Where(file => file.EndsWith(".xml", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        var (seen, broken) = LinkTests.Follow(
            Directory.GetFiles(folder.File("usr/share/doc/kubeidp-server"), "*.md", SearchOption.AllDirectories));
        Assert.Empty(broken);
        Assert.True(seen > 100, $"Only {seen} links were found.");
    }

    /// <summary>What root types works with the server's configuration and account, and never as root.</summary>
    [Fact]
    public async Task Commands_of_root_have_the_servers_configuration_and_write_nothing_as_root()
    {
        await using var machine = await DebianMachine.StartAsync(Ct, $"{packages.Path}:/packages");
        await DoAsync(machine, $"apt-get install -y /packages/{Installed}");

        // The configuration is that of the machine whatever the words are, and another where an option says so.
        Assert.Contains("zz", (await RefusedAsync(machine, "kubeidp-server people show -- --config=zz")).Error, StringComparison.Ordinal);
        await DoAsync(machine, "echo 'issuer: https://other.example.com' > /etc/kubeidp/other.yaml");
        foreach (var named in (string[])["--config other.yaml config show", "config show --config other.yaml",
            "config show --config=other.yaml"])
            Assert.Contains("other.example.com", await DoAsync(machine, $"cd /etc/kubeidp; kubeidp-server {named}"),
                StringComparison.Ordinal);
        await DoAsync(machine, "rm /etc/kubeidp/other.yaml; kubeidp-server config reference > /dev/null && kubeidp-server '[suggest]' peo");

        // Files are written by the shell, in any folder, and belong to root.
        foreach (var (refused, instead) in ((string, string)[])
        [
            ("backup /tmp/refused", "COMMAND - > FILE"), ("setup-link --file /tmp/refused", "COMMAND > FILE"),
            ("audit export --file /var/lib/kubeidp/refused", "COMMAND > FILE"),
            ("clusters kubeconfig kubernetes --file /tmp/refused", "COMMAND > FILE"),
            ("clusters kubeconfig kubernetes --merge", "KUBECONFIG="),
            ("clusters token-review kubernetes", "--kubeconfig - > FILE"),

            // And read by it.
            ("restore .bashrc", "COMMAND - < FILE"), ("keys rewrap --to .bashrc", "COMMAND --to - < FILE"),
            ("audit verify --export .bashrc", "cat FILE… | COMMAND --export -"), ("check --config .bashrc", "such as /etc/kubeidp"),
        ])
            Assert.Contains(instead, (await RefusedAsync(machine, $"kubeidp-server {refused}")).Error, StringComparison.Ordinal);
        await DoAsync(machine, """
            set -e; umask 077; mkdir safe
            openssl rand -base64 32 > next.key; kubeidp-server keys rewrap --to - < next.key
            cat next.key > /var/lib/kubeidp/master.key; systemctl restart kubeidp-server
            kubeidp-server audit export | kubeidp-server audit verify --export -
            cd safe
            kubeidp-server backup - > backup
            kubeidp-server setup-link > link
            kubeidp-server clusters token-review kubernetes --kubeconfig - > webhook.yaml 2> rest
            grep -q '^apiVersion:' webhook.yaml && grep -q secretHash: rest && ! grep -q secretHash: webhook.yaml
            """);
        Assert.Equal("root 600\nroot 600\nroot 600\nroot 600\n", await DoAsync(machine, "stat -c '%U %a' safe/*"));
        await DoAsync(machine, $"systemctl stop {Unit} && kubeidp-server restore - --yes < safe/backup");
        Assert.Equal("", await DoAsync(machine,
            "find / /tmp -xdev -uid $(stat -c %u /var/lib/private/kubeidp) ! -path '/var/lib/private/*'"));

        // A link that the server's account has placed leads to nothing that is root's.
        await DoAsync(machine, """
            set -e; cd /var/lib/private/kubeidp
            cp kubeidp.db /root/victim; chmod 600 /root/victim; sha256sum /root/victim > /root/sum
            mv kubeidp.db kept; ln -s /root/victim kubeidp.db
            """);
        await RefusedAsync(machine, "kubeidp-server keys rotate");
        Assert.Equal("", (await RefusedAsync(machine, "kubeidp-server backup - | cat")).Output);
        await DoAsync(machine, "sha256sum -c sum && test ! -e victim-wal && cd /var/lib/private/kubeidp && mv -T kept kubeidp.db");
        await DoAsync(machine, """
            set -e; echo root:secret > secret; chmod 600 secret; cd /var/lib/private/kubeidp; mv kubeidp.db kept
            echo damaged > kubeidp.db; chown --reference=. kubeidp.db; ln -s /root/secret kubeidp.db-wal
            for seconds in $(seq 0 60); do ln -s /dev/shm before-restore-$(date -u -d "$seconds seconds" +%Y%m%dT%H%M%SZ); done
            """);
        Assert.Contains("File exists", (await RefusedAsync(machine, "kubeidp-server restore - --yes < safe/backup")).Error,
            StringComparison.Ordinal);
        await DoAsync(machine, """
            ! grep -rs root:secret /var/lib/private/kubeidp /dev/shm && rm /var/lib/private/kubeidp/before-restore-* -r
            kubeidp-server restore - --yes < safe/backup && test ! -e /var/lib/private/kubeidp/kubeidp.db-wal
            """);

        // The server's own processes have the same account, and no way into a command.
        await DoAsync(machine, $$"""
            set -e; systemctl start {{Unit}}; account=$(stat -Lc %u /var/lib/kubeidp)
            touch /dev/shm/of-the-machine; test ! -e /proc/$(systemctl show -P MainPID {{Unit}})/root/dev/shm/of-the-machine
            mkfifo input; kubeidp-server keys rewrap --to - < input & command=$!; exec 3> input
            until [ "$(stat -c %u /proc/$command/exe)" = $account ]; do kill -0 $command; sleep 0.1; done
            capabilities=-all,+net_bind_service
            trace() { setpriv --reuid $account --regid $account --clear-groups --inh-caps=$capabilities --ambient-caps=$capabilities \
              --bounding-set=$capabilities cat /proc/$1/environ > /dev/null; }
            trace $(systemctl show -P MainPID {{Unit}}); trace $command && exit 9; kill $command; wait || true
            """);

        // Who owns the folder of the state is the account, unless that is root.
        await DoAsync(machine, $"systemctl stop {Unit} && chown 0:0 /var/lib/private/kubeidp");
        Assert.Contains("belongs to root", (await RefusedAsync(machine, "kubeidp-server people list")).Error, StringComparison.Ordinal);
        await DoAsync(machine, $"systemctl start {Unit} && kubeidp-server people list");

        // A command meets what the server would.
        await DoAsync(machine, """
            set -e; cd /etc/kubeidp; install -m 600 /dev/null secret; echo secret > secret; cp kubeidp.yaml before
            smtp='{ server: smtps://mail.example.com, from: idp@example.com, username: idp, passwordFile: secret }'
            echo "smtp: $smtp" >> kubeidp.yaml
            """);
        Assert.Contains("/etc/kubeidp/secret can't be read", $"{await RefusedAsync(machine, "kubeidp-server check")}",
            StringComparison.Ordinal);
        await DoAsync(machine, "cd /etc/kubeidp && mv before kubeidp.yaml && rm secret");

        // A secret that the server would not get, and settings that only the server would.
        await DoAsync(machine, """
            set -e; cd /etc/kubeidp; echo secret > credentials/mail
            smtp='{ server: smtps://mail.example.com, from: idp@example.com, username: idp, passwordFile: credentials/mail }'
            echo "smtp: $smtp # credentials/none" >> kubeidp.yaml
            """);
        var warned = (await machine.RunAsync("kubeidp-server config show", Ct)).Succeeded().Error;
        Assert.Contains("can't read credentials/mail", warned, StringComparison.Ordinal);
        Assert.DoesNotContain("none", warned, StringComparison.Ordinal);
        await OverrideAsync(machine, "LoadCredential=mail:/etc/kubeidp/credentials/mail");
        Assert.Equal("", (await machine.RunAsync("kubeidp-server config show", Ct)).Succeeded().Error);
        await DoAsync(machine, "echo KUBEIDP__BRAND__NAME=Acme > /etc/default/kubeidp-server");
        foreach (var setting in (string[])["Environment=LANG=C \"KUBEIDP__BRAND__NAME=Acme\"", "EnvironmentFile=-/etc/default/kubeidp-*",
            "PassEnvironment=KUBEIDP__BRAND__NAME"])
        {
            await OverrideAsync(machine, setting);
            var refused = await RefusedAsync(machine, "kubeidp-server people list");
            Assert.Contains("The unit sets variables KUBEIDP__", refused.Error, StringComparison.Ordinal);
        }
    }

    private static Task<string> OverrideAsync(DebianMachine machine, string setting) => DoAsync(machine,
        $"install -D -m 644 /dev/stdin /etc/systemd/system/{Unit}.d/test.conf && systemctl daemon-reload", $"[Service]\n{setting}\n");

    private static async Task<Outcome> RefusedAsync(DebianMachine machine, string command)
    {
        var outcome = await machine.RunAsync(command, Ct);
        Assert.True(outcome.ExitCode is 1 or 2, $"{command}\n{outcome}");
        return outcome;
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
        await DoAsync(machine, "kubeidp-server keys rotate && kubeidp-server setup-link && test ! -e /var/lib/kubeidp/setup-link");
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
        await DoAsync(machine, $"{AnswerWithoutTerminal} && cp /packages/*.deb . && {MakeCertificate}");

        foreach (var (kind, text) in page.AllBlocks)
        {
            if (text.Contains("< kubeidp.backup", StringComparison.Ordinal)) await DoAsync(machine, LoseTheMachine);
            switch (kind)
            {
                case "sh":
                    await DoAsync(machine, $"set -e\n{string.Join('\n', text.Split('\n').Where(line => !CannotRunHere.Contains(line)))}",
                        "right\n");
                    break;
                case "yaml":
                    var whole = text.Contains("issuer:", StringComparison.Ordinal);
                    await DoAsync(machine, $"cat {(whole ? ">" : ">>")}/etc/kubeidp/kubeidp.yaml", '\n' + text
                        .Replace("Host=db.example.com", "Host=/run/postgresql", StringComparison.Ordinal)
                        .Replace(";SSL Mode=VerifyFull;Root Certificate=/etc/kubeidp/database-ca.pem", "", StringComparison.Ordinal)
                        .Replace("Database=kubeidp", $"Database={database}", StringComparison.Ordinal));
                    break;
            }

            if (text == $"apt-get install -y ./{Installed}") await ServesAsync(machine, Local);
            if (text.Contains("kubeidp-server check\n", StringComparison.Ordinal) && text.Contains("setup-link", StringComparison.Ordinal))
                await ServesAsync(machine, Issuer);
            if (text.Contains("renewal-hooks", StringComparison.Ordinal)) await TakesARenewedCertificateAsync(machine);
            if (text.Contains("kubeidp-server restore ", StringComparison.Ordinal)) await ServesAsync(machine, Issuer, OwnCertificate);
            if (text.Contains("kubeidp-server migrate", StringComparison.Ordinal))
            {
                await ServesAsync(machine, Issuer, OwnCertificate);
                Assert.Equal("true", await postgres.AskAsync(
                    "SELECT (count(*) > 0)::text FROM pg_stat_activity WHERE usename = 'kubeidp'", Ct));
                await StartsWithoutItsDatabaseAsync(machine, postgres);
            }

            if (text.Contains("/readyz", StringComparison.Ordinal))
                (await machine.CurlAsync(Ct, "--fail", "http://localhost:9000/readyz")).Succeeded();
            if (text.Contains("OnCalendar", StringComparison.Ordinal))
                Assert.Matches(@"^600 root kubeidp-\d{8}T\d{6}\.backup\n$",
                    await DoAsync(machine, "cd /var/backups/kubeidp && stat -c '%a %U %n' *"));
        }

        // Another night keeps the one before, and the page shows each place.
        Assert.Equal("2\n", await DoAsync(machine, "ls /var/backups/kubeidp/*.backup | wc -l"));
        Assert.Equal("database.conf\nldap.conf\ntls.conf\n", await DoAsync(machine, $"ls /etc/systemd/system/{Unit}.d"));
    }

    /// <summary>Nobody waits with it: neither who starts it, nor the machine.</summary>
    private static async Task StartsWithoutItsDatabaseAsync(DebianMachine machine, PostgresServer postgres)
    {
        await postgres.StopAsync(Ct);
        await DoAsync(machine, $"timeout 60 systemctl restart {Unit}");
        Assert.StartsWith("Waits: The database does not answer", await DoAsync(machine, $"systemctl show -P StatusText {Unit}"),
            StringComparison.Ordinal);
        Assert.Contains("No jobs", await DoAsync(machine, "systemctl list-jobs"), StringComparison.Ordinal);
        var check = (await RefusedAsync(machine, "kubeidp-server check")).Output;
        Assert.Contains("wrong  database: ", check, StringComparison.Ordinal);
        Assert.Contains("warn   listen: ", check, StringComparison.Ordinal);

        await postgres.StartAsync(Ct);
        await ServesAsync(machine, Issuer, OwnCertificate);
        Assert.Equal($"Serves {Issuer}\n", await DoAsync(machine, $"systemctl show -P StatusText {Unit}"));
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
        string[] words = ["--fail", "--cacert", file, "--resolve", $"{url.Host}:{url.Port}:127.0.0.1",
            $"{issuer}/.well-known/openid-configuration"];

        // Where nobody waits for a restart, or the server waits for its database, it takes a moment.
        var outcome = await machine.CurlAsync(Ct, words);
        for (var since = Stopwatch.StartNew(); outcome.ExitCode != 0 && since.Elapsed < TimeSpan.FromSeconds(20); await Task.Delay(200, Ct))
            outcome = await machine.CurlAsync(Ct, words);
        Assert.Equal(issuer, Answer(outcome.Succeeded().Output, "issuer"));
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
