using System.Text;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Storage;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using Microsoft.IdentityModel.Tokens;
using OtpNet;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>A stolen database alone holds no secret: nothing with which somebody could sign in is in it in any encoding.</summary>
public sealed class StolenDatabaseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dump_of_PostgreSQL_holds_no_secret()
    {
        var server = await PostgresServer.SharedAsync();
        await using var replicas = await Replicas.StartAsync(1, Ct, server);
        var secrets = await UseAsync(replicas[0]);
        await using var database = Database.Postgres(replicas.ConnectionString, TimeProvider.System);
        secrets.AddRange(await PrivateKeysAsync(database, new Settings
        {
            MasterKeyFile = replicas.MasterKeyFile, Database = new DatabaseOptions { Postgres = replicas.ConnectionString },
        }));

        var dump = await server.DumpAsync(replicas.ConnectionString, Ct);

        AssertHidden(secrets, Encoding.UTF8.GetBytes(dump));
    }

    [Fact]
    public async Task The_SQLite_file_holds_no_secret()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(Ct);
        var secrets = await UseAsync(issuer);
        await using (var database = Database.Sqlite(Path.Combine(issuer.DataDirectory, "kubeidp.db"), TimeProvider.System))
            secrets.AddRange(await PrivateKeysAsync(database, new Settings { DataDirectory = issuer.DataDirectory }));

        // With the write-ahead log, which holds what has not been moved into the file yet.
        var files = Directory.GetFiles(issuer.DataDirectory, "kubeidp.db*");
        await issuer.KillAsync(Ct);

        Assert.Contains(files, file => file.EndsWith(".db", StringComparison.Ordinal));
        AssertHidden(secrets, [.. files.Where(File.Exists).SelectMany(File.ReadAllBytes)]);
    }

    /// <summary>A person's first and second login and a refresh; everything secret that came about on the way, by name.</summary>
    private static async Task<List<(string Name, byte[] Secret)>> UseAsync(IssuerProcess issuer)
    {
        var account = await issuer.AddAccountAsync("alice", Ct);
        var client = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var code = await client.SignInAsync(browser, account, Ct);
        var tokens = (await client.RedeemAsync(code, Ct)).Succeeded();
        var refreshed = (await client.RefreshPatientlyAsync(tokens.RefreshToken!, Ct)).Succeeded();

        return
        [
            .. new (string, string)[]
            {
                ("password", account.Password), ("enrolment code", account.EnrolmentCode),
                    ("enrolment code without dashes", account.EnrolmentCode.Replace("-", "", StringComparison.Ordinal)),
                ("TOTP secret", account.SetupKey!), ("code", code), ("ID token", tokens.IdToken), ("access token", tokens.AccessToken),
                ("refresh token", tokens.RefreshToken!),
                ("second refresh token", refreshed.RefreshToken!),
                ("session cookie",
                    browser.Cookies.Cookies.Single(cookie =>
                        cookie.Name.StartsWith("__Host-kubeidp-session", StringComparison.Ordinal)).Value),
                ("key in PEM", "BEGIN PRIVATE KEY"), ("data-protection key", "<masterKey"),
            }.Select(secret => (secret.Item1, Encoding.UTF8.GetBytes(secret.Item2))),
            ("bytes of the TOTP secret", Base32Encoding.ToBytes(account.SetupKey)),
        ];
    }

    /// <summary>The signing keys as the server holds them in memory: with the master key, which a thief of the database has not.</summary>
    private static async Task<List<(string Name, byte[] Secret)>> PrivateKeysAsync(Database database, Settings settings)
    {
        var keys = new SigningKeys(
            new SigningKeyStore(database, new AuditLog(database, new AuditKeySource(new AuditKey(new byte[AuditKey.Size])))),
            MasterKey.LoadOrCreate(MasterKeyFile.Of(settings.MasterKeyFile, settings.Database, settings.DataDirectory)),
            TimeProvider.System);
        await keys.LoadOrCreateAsync(Ct);

        var rsa = ((RsaSecurityKey)keys.For(SigningAlgorithm.RS256).Key).Rsa.ExportParameters(includePrivateParameters: true);
        var ec = ((ECDsaSecurityKey)keys.For(SigningAlgorithm.ES256).Key).ECDsa.ExportParameters(includePrivateParameters: true);
        return
        [
            ("RSA d", rsa.D!), ("RSA p", rsa.P!), ("RSA q", rsa.Q!), ("EC d", ec.D!),
            ("master key",
                Convert.FromBase64String(
                    await File.ReadAllTextAsync(settings.MasterKeyFile ?? Path.Combine(settings.DataDirectory, "master.key"), Ct))),
        ];
    }

    private static void AssertHidden(IEnumerable<(string Name, byte[] Secret)> secrets, byte[] stolen)
    {
        // A check that finds nothing must be able to find something.
        Assert.True(stolen.AsSpan().IndexOf("alice@example.com"u8) >= 0);

        foreach (var (name, secret) in secrets)
        {
            byte[][] spellings =
            [
                secret, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)), Encoding.ASCII.GetBytes(Convert.ToHexString(secret)),
                Encoding.ASCII.GetBytes(Convert.ToBase64String(secret).TrimEnd('=')),
                Encoding.ASCII.GetBytes(Base64UrlEncoder.Encode(secret)),
                Encoding.Unicode.GetBytes(Encoding.Latin1.GetString(secret)),
            ];
            Assert.All(spellings, spelling => Assert.True(stolen.AsSpan().IndexOf(spelling) < 0, $"The database holds the {name}."));
        }
    }
}
