using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Core.Files;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Commands;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Tests.Commands;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tls;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Diagnostics;

public sealed class ServerDiagnosticsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeClock clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_fresh_machine_is_fine_and_left_as_it_was()
    {
        var findings = await InspectAsync(Fresh());

        Assert.All(findings, finding => Assert.True(finding.Ok, finding.ToString()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    // The kind: where the folder of the data, or one on the way to it, can't be made.
    [Theory]
    [InlineData("data", null)]
    [InlineData("data/below", null)]
    [InlineData("data", "nowhere")]
    public async Task A_folder_that_is_none_is_named(string path, string? target)
    {
        if (target is null) File.WriteAllText(folder.File("data"), "");
        else File.CreateSymbolicLink(folder.File("data"), folder.File(target));

        var finding = Assert.Single(await InspectAsync(Fresh() with { DataDirectory = folder.File(path) }),
            finding => finding.Subject == "data directory");

        Assert.False(finding.Ok);
        Assert.StartsWith($"{folder.File("data")} is not a folder", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_other_accounts_can_read_or_change_is_named()
    {
        Directory.CreateDirectory(folder.File("data/tls"));
        File.WriteAllText(folder.File("elsewhere"), "");
        File.CreateSymbolicLink(folder.File("data/linked"), folder.File("elsewhere"));
        File.CreateSymbolicLink(folder.File("data/round"), folder.File("data"));
        File.CreateSymbolicLink(folder.File("data/nowhere"), folder.File("none"));
        FileModes.Set(folder.File("elsewhere"), PrivateFiles.Public);
        FileModes.Set(folder.File("data"), (UnixFileMode)0b_111_111_111);
        FileModes.Set(folder.File("data/tls"), (UnixFileMode)0b_111_111_101);

        var findings = (await InspectAsync(Fresh())).Where(finding => finding.Subject == "private files").Select(finding => finding.What);

        Assert.Equal(
            [$"Other accounts can read or change {folder.File("data/linked")}.",
                $"Other accounts can replace files of this server, in {folder.File("data")}, {folder.File("data/tls")}."],
            findings);
    }

    [Theory]
    [InlineData("smtp: { server: smtps://mail.example.com, from: idp@example.com, username: idp, password: x }", true)]
    [InlineData("database: { postgres: 'Host=127.0.0.1;Port=1;Password=x' }", true)]
    [InlineData("database: { postgres: 'Host=127.0.0.1;Port=1' }", false)]
    [InlineData(
        "clients: { web: { kind: web, redirectUris: [https://app.example.com/], secretHash: "
        + "'sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' } }", false)]
    public async Task A_configuration_with_a_password_in_it_is_not_for_all_to_read(string yaml, bool isNamed)
    {
        PrivateFiles.Write(folder.File("key"), Convert.ToBase64String(new byte[32]), PrivateFiles.OwnerOnly);
        var file = folder.Write("kubeidp.yaml", $"masterKeyFile: key\n{yaml}\n");
        FileModes.Set(file, PrivateFiles.Public);

        var outcome = await InProcess.RunAsync(["check", "--config", file]);

        Assert.Contains(isNamed
            ? $"private files: Other accounts can read or change {file}." : "private files: only their owner can read or change them",
                outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"https://localhost:{((IPEndPoint)other.LocalEndpoint).Port}";

        var finding = Assert.Single(await InspectAsync(Fresh() with { Listen = [url] }), finding => !finding.Ok);

        Assert.Equal(("listen", $"{url} is in use already."), (finding.Subject, finding.What));
    }

    // Between a change of the configuration or the certificate and the restart, and while it waits for its database: nothing keeps a server
    // from starting when that one is gone.
    [Fact]
    public async Task A_port_that_a_server_holds_which_answers_otherwise_is_doubtful()
    {
        await using var postgres = await PostgresServer.StartNewAsync(Ct);
        var database = await postgres.CreateDatabaseAsync(Ct);
        var (port, away, management) = (Ports.Free(), Ports.Free(), Ports.Free());
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{port}\n");
        await using var waiting = new IssuerProcess($"issuer: https://localhost:{away}\nmasterKeyFile: {WriteKey(PrivateFiles.OwnerOnly)}\n"
            + $"database: {{ postgres: \"{database}\" }}\nmanagement: {{ listen: \"http://localhost:{management}\" }}\n");
        await issuer.StartAsync(Ct);
        await postgres.StopAsync(Ct);
        var starting = waiting.StartAsync(Ct);
        var settings = Fresh() with { DataDirectory = issuer.DataDirectory, Listen = [$"https://localhost:{port}"] };
        async Task<Finding> ListenOf(Settings of, string subject = "listen") =>
            Assert.Single(await InspectAsync(of, TimeProvider.System), finding => finding.Subject == subject);

        async Task<bool> IsFreeAsync(int of) =>
            (await ListenOf(settings with { Listen = [$"https://localhost:{of}"] })).What.EndsWith("is free", StringComparison.Ordinal);

        for (var since = Stopwatch.StartNew(); await IsFreeAsync(away); await Task.Delay(50, Ct))
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(60), waiting.Log);
        Assert.Null((await ListenOf(settings with { Issuer = $"https://localhost:{port}" })).Fix);
        foreach (var other in (Settings[])
        [
            settings with { Issuer = $"https://localhost:{port}/path" }, settings with { Issuer = $"https://127.0.0.1:{port}" },

            // Without its folder, so with another certificate.
            settings with { Issuer = $"https://localhost:{port}", DataDirectory = folder.File("data") },
            settings with { Issuer = $"https://localhost:{away}", DataDirectory = waiting.DataDirectory,
                Listen = [$"https://localhost:{away}"] },
        ])
            Assert.True(await ListenOf(other) is { Ok: true, Fix: not null } finding, $"{other.Issuer}");
        Assert.Null((await ListenOf(settings with { Management = new() { Listen = $"http://localhost:{management}" } },
            "management.listen")).Fix);

        await postgres.StartAsync(Ct);
        await starting;
    }

    // The command migrate makes the database before the first start does.
    [Fact]
    public async Task A_database_without_anything_in_it_needs_no_key_yet()
    {
        await using (var database = Open(Fresh())) await database.PrepareAsync(migrate: true, Ct);

        Assert.All(await InspectAsync(Fresh()), finding => Assert.True(finding.Ok, $"{finding}"));
    }

    [Fact]
    public async Task A_database_with_keys_and_without_the_master_key_that_opens_them_is_named_and_gets_no_other()
    {
        var settings = await StartedAsync();
        Assert.All(await InspectAsync(settings), finding => Assert.True(finding.Ok, $"{finding}"));

        File.Delete(KeyFile(settings));
        var findings = await InspectAsync(settings);
        var start = await Assert.ThrowsAsync<StartFault>(() => StartAsync(settings));

        var finding = Assert.Single(findings, finding => !finding.Ok);
        Assert.Equal(("master key", start.Message), (finding.Subject, finding.What));
        Assert.Contains(findings, finding => finding is { Subject: "database", What: "the schema is current" });
        Assert.False(File.Exists(KeyFile(settings)));
    }

    // The kind: whatever a start opens, and each secret that it would otherwise make beside what another one has protected.
    [Theory]
    [InlineData("UPDATE audit_keys SET wrapped = @foreign", "The audit key can't be decrypted: Another master key")]
    [InlineData("UPDATE signing_keys SET wrapped_private_key = @foreign WHERE algorithm = 'ES256'",
        "The signing keys can't be decrypted: Another master key")]
    [InlineData("UPDATE data_protection_keys SET xml = '<key><wrapped>' || @text || '</wrapped></key>'",
        "The data-protection key 1 can't be decrypted: Another master key")]
    [InlineData("UPDATE data_protection_keys SET xml = 'no document'", "The data-protection key 1 can't be decrypted: ")]
    [InlineData("UPDATE audit_keys SET wrapped = x'00'", "The audit key can't be decrypted: ")]
    [InlineData("UPDATE signing_keys SET algorithm = 'PS256' WHERE algorithm = 'RS256'", "The signing keys can't be decrypted: ")]
    [InlineData("DELETE FROM audit_keys", "The audit key is missing, but there are audit events.")]
    [InlineData("DELETE FROM data_protection_keys", "The data-protection keys are missing, but people have signed in.")]
    [InlineData("DELETE FROM signing_keys", "The signing keys are missing, but people have signed in.")]
    public async Task Keys_that_a_start_could_not_open_or_would_make_beside_existing_data_are_named_and_the_start_is_refused(string damage,
        string expected)
    {
        var settings = await StartedAsync();
        var foreign = new MasterKey(new byte[32]).Wrap([1], "another database's");
        await ExecuteAsync(settings, """
            PRAGMA foreign_keys = OFF;
            INSERT INTO sessions (id, person_id, auth_time, amr, last_seen_at, ends_at) VALUES ('s', 'p', 0, 'pwd', 0, 0)
            """);

        await ExecuteAsync(settings, damage, ("foreign", foreign), ("text", Convert.ToBase64String(foreign)));
        var finding = Assert.Single(await InspectAsync(settings), finding => !finding.Ok);
        var start = await Assert.ThrowsAsync<StartFault>(() => StartAsync(settings));

        Assert.StartsWith(expected, finding.What, StringComparison.Ordinal);
        Assert.Equal(finding.What, start.Message);
    }

    [Fact]
    public async Task Another_databases_master_key_is_named()
    {
        var settings = await StartedAsync();

        var findings = await InspectAsync(settings with { MasterKeyFile = WriteKey(PrivateFiles.OwnerOnly) });

        Assert.Equal(3, findings.Count(finding => !finding.Ok && finding.What.Contains("Another master key", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named()
    {
        var settings = Fresh();
        Directory.CreateDirectory(settings.DataDirectory);
        await File.WriteAllTextAsync(StorageSetup.SqliteFile(settings.DataDirectory), new string('x', 4096), Ct);

        var finding = Assert.Single(await InspectAsync(settings), finding => finding is { Ok: false, Subject: "database" });

        Assert.Contains("can't be read", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_PostgreSQL_that_can_not_store_every_name_is_named_and_the_start_is_refused()
    {
        var server = await PostgresServer.SharedAsync();
        await server.AdministerAsync("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", Ct);
        var settings =
            OnPostgres(new NpgsqlConnectionStringBuilder(await server.CreateEmptyDatabaseAsync(Ct)) { Database = "latin" }.ToString());

        var finding = Assert.Single(await InspectAsync(settings), finding => !finding.Ok);
        var start = await Assert.ThrowsAsync<StartFault>(() => StartAsync(settings));

        Assert.Contains("LATIN1 and not UTF8", finding.What, StringComparison.Ordinal);
        Assert.Contains(finding.What, start.Message, StringComparison.Ordinal);
        await server.AdministerAsync("DROP DATABASE latin WITH (FORCE)", Ct);
    }

    [Fact]
    public async Task A_master_key_that_others_can_read_is_named()
    {
        var key = WriteKey(PrivateFiles.Public);

        Assert.Equal("master key", Assert.Single(await InspectAsync(Fresh() with { MasterKeyFile = key }), finding => !finding.Ok).Subject);
    }

    [Fact]
    public async Task Files_that_others_can_read_are_named_and_those_that_are_for_everybody_are_not()
    {
        var settings = await StartedAsync();
        var password = folder.Write("password", "secret");
        Directory.CreateDirectory(folder.File("data/tls"));
        foreach (var (file, mode) in ((string, UnixFileMode)[])
        [
            ("data/kubeidp.db", PrivateFiles.Public), ("data/kubeidp.db-wal", PrivateFiles.Public),
            ("data/.hidden", PrivateFiles.OwnerOnly | UnixFileMode.GroupRead),
            ("data/tls/ca.key", PrivateFiles.OwnerOnly | UnixFileMode.OtherWrite),
            ("data/tls/ca.crt", PrivateFiles.Public), ("data/tls/leaf.key", PrivateFiles.OwnerOnly), ("password", PrivateFiles.Public),
        ])
        {
            if (!File.Exists(folder.File(file))) folder.Write(file, "");
            FileModes.Set(folder.File(file), mode);
        }

        var findings = await InspectAsync(settings with { Smtp = new() { PasswordFile = password } });
        foreach (var file in (string[])["data/kubeidp.db", "data/kubeidp.db-wal", "data/.hidden", "data/tls/ca.key", "password"])
            FileModes.Set(folder.File(file), PrivateFiles.OwnerOnly);
        var closed = await InspectAsync(settings with { Smtp = new() { PasswordFile = password } });

        var finding = Assert.Single(findings, finding => finding.Subject == "private files");
        Assert.True(finding is { Ok: true, Fix: not null });
        foreach (var file in (string[])["data/kubeidp.db", "data/kubeidp.db-wal", "data/.hidden", "data/tls/ca.key", "password"])
            Assert.Contains(folder.File(file), finding.What, StringComparison.Ordinal);
        foreach (var file in (string[])["ca.crt", "leaf.key", "master.key"])
            Assert.DoesNotContain(file, finding.What, StringComparison.Ordinal);
        Assert.Null(Assert.Single(closed, finding => finding.Subject == "private files").Fix);
    }

    [Fact]
    public async Task An_empty_PostgreSQL_needs_the_command_migrate_and_one_that_is_away_is_said_to_be()
    {
        var key = WriteKey(PrivateFiles.OwnerOnly);
        await using var test = await TestDatabase.PostgresAsync(clock, ct: Ct);
        var empty = new NpgsqlConnectionStringBuilder(test.ConnectionString) { Database = "postgres" };
        var settings = Fresh() with { MasterKeyFile = key };

        var current = await InspectAsync(settings with { Database = new DatabaseOptions { Postgres = test.ConnectionString } });
        var lacking = await InspectAsync(settings with { Database = new DatabaseOptions { Postgres = empty.ToString() } });
        var away = await InspectAsync(
            settings with { Database = new DatabaseOptions { Postgres = $"Host=127.0.0.1;Port={Ports.Free()}" } });

        // Nothing that keeps a server from starting.
        var off = await InspectAsync(settings with { Database = new DatabaseOptions { Postgres = test.ConnectionString } },
            new MachineClock { Ahead = TimeSpan.FromSeconds(25) });
        Assert.True(off.Single(finding => finding.Subject == "clock") is { Ok: true, Fix: "Synchronize both with NTP." });

        Assert.All(current, finding => Assert.True(finding.Ok, finding.ToString()));
        Assert.All(current, finding => Assert.Null(finding.Fix));
        Assert.Equal("Run the command \"migrate\" once.", Assert.Single(lacking, finding => !finding.Ok).Fix);
        Assert.StartsWith("The database does not answer. ", Assert.Single(away, finding => !finding.Ok).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-30, -1, "expired")]
    [InlineData(1, 30, "not valid before")]
    [InlineData(-1, 30, null)]
    public async Task A_certificate_out_of_its_time_is_named(int fromDays, int untilDays, string? fault)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = clock.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(fromDays), now.AddDays(untilDays));
        var tls = new TlsOptions { CertificateFile = folder.Write("crt", certificate.ExportCertificatePem()),
            KeyFile = folder.Write("key", key.ExportPkcs8PrivateKeyPem()) };

        var finding = Assert.Single(await InspectAsync(Fresh() with { Tls = tls }), finding => finding.Subject == "certificate");

        // A server serves with either.
        Assert.Equal((true, fault is null), (finding.Ok, finding.Fix is null));
        Assert.Contains(fault ?? "valid until", finding.What, StringComparison.Ordinal);
    }

    /// <summary>As far as storage and keys go, which is where a start can be refused.</summary>
    private async Task StartAsync(Settings settings)
    {
        await using var app = Program.Build(settings, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await app.Services.GetRequiredService<Database>().PrepareAsync(migrate: false, Ct);
        await ServeCommand.PrepareAsync(app, settings, Ct);
    }

    /// <summary>With what a first start has made.</summary>
    private async Task<Settings> StartedAsync()
    {
        await PreparedData.CopyToAsync(folder.File("data"));
        await ExecuteAsync(Fresh(), "INSERT INTO audit_events (at, type, code) VALUES (0, 'server.started', x'00')");
        return Fresh();
    }

    private async Task ExecuteAsync(Settings settings, string text, params (string Name, object? Value)[] parameters)
    {
        await using var database = Open(settings);
        await using var connection = await database.OpenAsync(Ct);
        await using var command = database.Command(connection, text, parameters);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string text)
    {
        await using var command = database.CreateCommand(text);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private Settings OnPostgres(string connectionString) =>
        Fresh() with { MasterKeyFile = File.Exists(folder.File("key")) ? folder.File("key") : WriteKey(PrivateFiles.OwnerOnly),
            Database = new DatabaseOptions { Postgres = connectionString } };

    private string WriteKey(UnixFileMode mode)
    {
        PrivateFiles.Write(folder.File("key"), Convert.ToBase64String(new byte[32]), mode);
        return folder.File("key");
    }

    private Settings Fresh() => new() { DataDirectory = folder.File("data"), Listen = [$"https://localhost:{Ports.Free()}"] };

    private Database Open(Settings settings) => StorageSetup.Open(settings.Database, settings.DataDirectory, clock);

    private static string KeyFile(Settings settings) => Path.Combine(settings.DataDirectory, MasterKey.FileName);

    private Task<IReadOnlyList<Finding>> InspectAsync(Settings settings, TimeProvider? machine = null) =>
        CheckCommand.DiagnosticsOf(settings, secretConfiguration: null, machine ?? clock).RunAsync(Ct);
}
