using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Issuer;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Hosting;

public sealed class InspectionTests : IDisposable
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

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"https://localhost:{((IPEndPoint)other.LocalEndpoint).Port}";

        var finding = Assert.Single(await InspectAsync(Fresh() with { Listen = [url] }), finding => !finding.Ok);

        Assert.Equal(("listen", $"{url} is in use already."), (finding.Subject, finding.What));
    }

    [Fact]
    public async Task A_database_with_keys_and_without_the_master_key_that_opens_them_is_named()
    {
        var settings = Fresh();
        Directory.CreateDirectory(settings.DataDirectory);
        await using (var database = StorageSetup.Open(settings, clock))
        {
            var options = new DbContextOptionsBuilder<KubeIdP.Data.KubeIdpDbContext>();
            database.Configure(options);
            await using var db = new KubeIdP.Data.KubeIdpDbContext(options.Options);
            await db.Database.MigrateAsync(Ct);
            Assert.All(await InspectAsync(settings), finding => Assert.True(finding.Ok, $"{finding}"));
            database.AuditKey = new AuditKey(new byte[AuditKey.Size]);
            await new SigningKeys(new SigningKeyStore(database), new MasterKey(new byte[32]), clock).LoadOrCreateAsync(Ct);
        }

        var findings = await InspectAsync(settings);

        Assert.Equal("master key", Assert.Single(findings, finding => !finding.Ok).Subject);
        Assert.Contains(findings, finding => finding is { Subject: "database", What: "the schema is current" });
    }

    [Fact]
    public async Task A_master_key_that_others_can_read_is_named()
    {
        var key = WriteKey(PrivateFiles.Public);

        Assert.Equal("master key", Assert.Single(await InspectAsync(Fresh() with { MasterKeyFile = key }), finding => !finding.Ok).Subject);
    }

    [Fact]
    public async Task An_empty_PostgreSQL_needs_the_verb_migrate_and_one_that_is_away_is_said_to_be()
    {
        var key = WriteKey(PrivateFiles.OwnerOnly);
        await using var test = await TestDatabase.PostgresAsync(clock, ct: Ct);
        var empty = new NpgsqlConnectionStringBuilder(test.ConnectionString) { Database = "postgres" };
        var settings = Fresh() with { MasterKeyFile = key };

        var current = await InspectAsync(settings with { Database = new DatabaseOptions { Postgres = test.ConnectionString } });
        var lacking = await InspectAsync(settings with { Database = new DatabaseOptions { Postgres = empty.ToString() } });
        var away = await InspectAsync(settings with { Database = new DatabaseOptions { Postgres = $"Host=127.0.0.1;Port={Ports.Free()}" } });

        Assert.All(current, finding => Assert.True(finding.Ok, finding.ToString()));
        Assert.Equal("Run the verb migrate once.", Assert.Single(lacking, finding => !finding.Ok).Mend);
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
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(fromDays), now.AddDays(untilDays));
        var tls = new TlsOptions { CertificateFile = folder.Write("crt", certificate.ExportCertificatePem()), KeyFile = folder.Write("key", key.ExportPkcs8PrivateKeyPem()) };

        var finding = Assert.Single(await InspectAsync(Fresh() with { Tls = tls }), finding => finding.Subject == "certificate");

        Assert.Equal(fault is null, finding.Ok);
        Assert.Contains(fault ?? "valid until", finding.What, StringComparison.Ordinal);
    }

    private string WriteKey(UnixFileMode mode)
    {
        PrivateFiles.Write(folder.File("key"), Convert.ToBase64String(new byte[32]), mode);
        return folder.File("key");
    }

    private Settings Fresh() => new() { DataDirectory = folder.File("data"), Listen = [$"https://localhost:{Ports.Free()}"] };

    private Task<IReadOnlyList<Finding>> InspectAsync(Settings settings) => new Inspection(settings, clock).RunAsync(Ct);
}
