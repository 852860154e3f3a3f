using System.Diagnostics;
using System.Text.RegularExpressions;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Mail;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>
/// Every command of every runbook, in the order of its page, each in a shell of its own without a terminal, beside a real server. What
/// stands in capitals is filled in with what the reader would have. A command that is renamed, or waits for input, fails here and not at
/// three in the morning.
/// </summary>
public sealed partial class RunbookTests(RunbookTests.Machine machine) : IClassFixture<RunbookTests.Machine>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Pages =>
        [.. Directory.GetFiles(Repository.File("deploy/runbooks"), "*.md").Select(page => Path.GetFileName(page))
            .Where(page => BlocksOf(page).Count > 0).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_commands_of_a_page_do_what_it_says(string page)
    {
        TokenAnswer? tokens = null;
        foreach (var commands in BlocksOf(page))
        {
            var person = commands.Any(command => NamesSomebody().IsMatch(command)) ? (await machine.AddAccountAsync(Ct)).Username : null;
            if (commands.Any(command => NamesSession().IsMatch(command))) tokens ??= await machine.LogInAsync(Ct);
            foreach (var command in commands)
            {
                var outcome = await machine.RunAsync(Filled(command, person, tokens), Ct);
                Assert.True(outcome.ExitCode == 0, $"{page}: {command}\n{outcome}");
            }
        }

        Assert.All(machine.Secrets(),
            file => Assert.True((FileModes.Of(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) == 0,
                $"{file} is open to others."));
    }

    /// <summary>
    /// In shell blocks and in running text, in the page's order; a statement of SQL as what psql is asked. Each block is about one person.
    /// </summary>
    private static List<string[]> BlocksOf(string page) =>
        [.. Command().Matches(File.ReadAllText(Repository.File($"deploy/runbooks/{page}"))).Select(CommandsOf)
            .Where(commands => commands.Length > 0)];

    private static string[] CommandsOf(Match found) =>
        found.Groups["shell"] is { Success: true } shell
            ? Indentation().Replace(shell.Value, "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        : found.Groups["sql"] is { Success: true } sql
        ? [$"psql -c '{sql.Value.Trim().Replace("'", "'\\''", StringComparison.Ordinal)}' postgres"]
        : found.Groups["span"] is { Success: true } span ? [span.Value]
        : [];

    /// <summary>A name that is to be added is nobody's yet, and a directory is asked for one of its people.</summary>
    private static string Filled(string command, string? person, TokenAnswer? tokens) => Placeholder().Replace(
        command.Replace("people add NAME", "people add newcomer", StringComparison.Ordinal)
            .Replace("upstream test NAME", $"upstream test {Machine.OfTheDirectory}", StringComparison.Ordinal),
        word => word.Value switch
        {
            "NAME" => person!,
            "SESSION" => tokens!.Claims.GetProperty("sid").GetString()!,
            "JTI" => tokens!.Claims.GetProperty("jti").GetString()!,
            "GROUP" => "platform",
            "FILE" => Machine.Export,
            "PID" => "-1",
            var other => other,
        });

    [GeneratedRegex(
        @"^ *```sh\n(?<shell>.*?)^ *```|^ *```sql\n(?<sql>.*?)^ *```|^ *```.*?^ *```"
        + @"|`(?<span>(?:kubeidp-server |kubectl |xargs |\(umask|pg_|openssl )[^`]*)`|`(?<sql>SELECT [^`]*)`",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^ +", RegexOptions.Multiline)]
    private static partial Regex Indentation();

    [GeneratedRegex(@"(?<!people add |upstream test )\bNAME\b")]
    private static partial Regex NamesSomebody();

    [GeneratedRegex(@"\b(SESSION|JTI)\b")]
    private static partial Regex NamesSession();

    [GeneratedRegex(@"\b(NAME|SESSION|JTI|GROUP|FILE|PID)\b")]
    private static partial Regex Placeholder();

    /// <summary>
    /// Where the reader works: the server, its directory, mail server and PostgreSQL, and the programs and files that they have.
    /// </summary>
    public sealed class Machine : IAsyncLifetime
    {
        public const string OfTheDirectory = "dora";
        public const string Export = "exported.jsonl";

        // No cluster listens there.
        private static readonly string Nowhere = $"https://127.0.0.1:{Ports.Free()}";

        private readonly MailServer mail = new(speaksTls: false);
        private readonly TestAuthority clients = new();
        private Slapd slapd = null!;
        private PostgresServer postgres = null!;
        private IssuerProcess issuer = null!;
        private int people;

        public async ValueTask InitializeAsync()
        {
            slapd = await Slapd.StartNewAsync(Ct);
            await slapd.AddPersonAsync(OfTheDirectory, "Of-The-Directory-1", Ct);
            await slapd.AddGroupAsync("platform", [slapd.PersonDn(OfTheDirectory)], Ct);
            postgres = await PostgresServer.SharedAsync();
            await postgres.AdministerAsync("CREATE DATABASE kubeidp", Ct);
            issuer = new IssuerProcess($$"""
                issuer: https://localhost:{{Ports.Free()}}
                smtp: { server: "smtp://127.0.0.1:{{mail.Port}}", from: idp@example.test }
                upstreams:
                  corp:
                    kind: ldap
                    servers: ["ldaps://{{slapd.Host}}:{{slapd.TlsPort}}"]
                    caFile: {{slapd.AuthorityFile}}
                    bindDn: "{{slapd.ReaderDn}}"
                    bindPassword: {{slapd.ReaderPassword}}
                    users: { base: "{{slapd.PeopleDn}}" }
                    groups: { base: "{{slapd.GroupsDn}}" }
                """);
            WriteProgram("kubeidp-server", $"exec '{IssuerProcess.DotnetHost}' '{IssuerProcess.ServerDll}' \"$@\"");

            // There is no cluster: a kubectl that finds nobody there has understood every word, and one that has not says so.
            WriteProgram("kubectl", """
                answer=$(PATH=${PATH#*:} command kubectl "$@" 2>&1) && { echo "$answer"; exit; }
                case $answer in *refused*) echo '{"items":[]}' ;; *) echo "$answer" >&2; exit 1 ;; esac
                """);
            Write("kubeconfig", $$"""
                apiVersion: v1
                kind: Config
                clusters: [{ name: none, cluster: { server: "{{Nowhere}}" } }]
                users: [{ name: none, user: { token: none } }]
                contexts: [{ name: none, context: { cluster: none, user: none } }]
                current-context: none
                """);
            Write("client-ca.crt", clients.Pem);
            Write("client-ca.key", clients.PrivateKeyPem);
            Write("names", $"{OfTheDirectory}\n");
            File.CreateSymbolicLink(Path.Combine(issuer.Folder, "deploy"), Repository.File("deploy"));
            await issuer.StartAsync(Ct);
            (await RunAsync($"kubeidp-server audit export --file {Export}", Ct)).Succeeded();
        }

        public async ValueTask DisposeAsync()
        {
            if (issuer is not null) await issuer.DisposeAsync();
            if (slapd is not null) await slapd.DisposeAsync();
            await mail.DisposeAsync();
            clients.Dispose();
        }

        public Task<Account> AddAccountAsync(CancellationToken ct) => issuer.AddAccountAsync($"person{++people}", ct, "platform");

        public async Task<TokenAnswer> LogInAsync(CancellationToken ct)
        {
            using var kubectl = issuer.CreateClient();
            using var browser = issuer.CreateBrowser();
            return await kubectl.LogInAsync(browser, await AddAccountAsync(ct), ct);
        }

        /// <summary>Runs a command, and does what the page says to do by hand before and after it.</summary>
        public async Task<Outcome> RunAsync(string command, CancellationToken ct)
        {
            var restores = command.Contains("kubeidp-server restore ", StringComparison.Ordinal);
            if (restores) await issuer.StopAsync(ct);
            var outcome = await Programs.RunAsync(InShell(command), input: null, ct);
            if (restores) await issuer.StartAsync(ct);
            if (command.Contains("keys rewrap", StringComparison.Ordinal))
                File.Copy(Path.Combine(issuer.Folder, "new-master.key"), Path.Combine(issuer.DataDirectory, "master.key"), overwrite: true);
            return outcome;
        }

        public IEnumerable<string> Secrets() => Directory.GetFiles(issuer.Folder)
            .Where(file => Path.GetFileName(file) is "break-glass.conf" or "new-master.key" or "kubeidp-backup.db" or "kubeidp.dump"
            || file.EndsWith(".json", StringComparison.Ordinal));

        private ProcessStartInfo InShell(string command)
        {
            var start = new ProcessStartInfo("setsid", ["--wait", "bash", "-c", command]) { WorkingDirectory = issuer.Folder };
            var database = new NpgsqlConnectionStringBuilder(postgres.ConnectionStringTo("postgres"));
            start.Environment.Clear();
            start.Environment["PATH"] = $"{issuer.Folder}/bin:{Environment.GetEnvironmentVariable("PATH")}";
            start.Environment["HOME"] = issuer.Folder;
            start.Environment["KUBECONFIG"] = $"{issuer.Folder}/kubeconfig";
            (start.Environment["SERVER"], start.Environment["CLIENT_CA"]) = (Nowhere, $"{issuer.Folder}/client-ca");
            (start.Environment["PGHOST"], start.Environment["PGUSER"]) = (database.Host, database.Username);
            return start;
        }

        private void Write(string name, string text) => File.WriteAllText(Path.Combine(issuer.Folder, name), text);

        private void WriteProgram(string name, string script)
        {
            Directory.CreateDirectory(Path.Combine(issuer.Folder, "bin"));
            Write($"bin/{name}", $"#!/bin/bash\n{script}\n");
            FileModes.Set(Path.Combine(issuer.Folder, "bin", name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
