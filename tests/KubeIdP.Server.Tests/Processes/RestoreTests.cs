using System.Text.Json;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>The days on which something comes back from a backup, or the key that opens everything changes.</summary>
[Collection(nameof(OneAtATime))]
public sealed class RestoreTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_restore_keys_and_factors_work_and_the_sessions_of_before_are_over()
    {
        var server = await PostgresServer.SharedAsync();
        var (original, masterKey) = (await server.CreateDatabaseAsync(Ct), Replicas.NewMasterKey());
        Account alice;
        TokenAnswer atBackup, revoked;
        string dump;
        await using (var issuer = new IssuerProcess(Replicas.Configuration(original, masterKey)))
        {
            await issuer.StartAsync(Ct);
            alice = await issuer.AddAccountAsync("alice", Ct, "platform");
            using var kubectl = issuer.CreateClient();
            using var browser = issuer.CreateBrowser();
            atBackup = await kubectl.LogInAsync(browser, alice, Ct);
            revoked = await kubectl.LogInAsync(browser, alice, Ct);
            dump = await server.DumpAsync(original, Ct);

            // Ended after the backup: by what the backup says, it is live.
            (await issuer.RunAsync(["sessions", "revoke", revoked.Claims.GetProperty("sid").GetString()!], ct: Ct)).Succeeded();
        }

        await using var restored = new IssuerProcess(Replicas.Configuration(await server.RestoreAsync(dump, Ct), masterKey));
        (await restored.RunAsync(["sessions", "revoke", "--all", "--yes", "--reason", "restored"], ct: Ct)).Succeeded();
        await restored.StartAsync(Ct);
        using var again = restored.CreateClient();
        using var newBrowser = restored.CreateBrowser();

        Assert.All([await again.RefreshAsync(atBackup.RefreshToken!, Ct), await again.RefreshAsync(revoked.RefreshToken!, Ct)],
            answer => Assert.Equal("invalid_grant", answer.Error));
        var signedIn = await again.LogInAsync(newBrowser, alice, Ct);
        Assert.Equal(KeyOf(atBackup), KeyOf(signedIn));
        Assert.Equal(atBackup.Claims.GetProperty("sub").GetString(), signedIn.Claims.GetProperty("sub").GetString());
    }

    // The obvious way, a copy over the file, would be undone by the write-ahead log of before.
    [Fact]
    public async Task A_backup_takes_the_place_of_an_SQLite_database_after_a_crash_and_ends_what_comes_back()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(Ct);
        var alice = await issuer.AddAccountAsync("alice", Ct, "platform");
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var atBackup = await kubectl.LogInAsync(browser, alice, Ct);
        var backup = JsonDocument.Parse((await issuer.RunAsync(["backup", issuer.Folder, "--output", "json"], ct: Ct))
            .Succeeded().Output).RootElement.GetProperty("file").GetString()!;
        await issuer.AddAccountAsync("bob", Ct);
        var later = await kubectl.LogInAsync(browser, alice, Ct);
        await issuer.RunAsync(["sessions", "revoke", later.Claims.GetProperty("sid").GetString()!], ct: Ct);

        var running = await issuer.RunAsync(["restore", backup, "--yes"], ct: Ct);
        await issuer.KillAsync(Ct);
        Assert.True(File.Exists($"{issuer.DataDirectory}/kubeidp.db-wal"));
        var unasked = await issuer.RunAsync(["restore", backup], ct: Ct);
        var done = await issuer.RunAsync(["restore", backup, "--yes", "--reason", "disk lost", "--output", "json"], ct: Ct);
        await issuer.StartAsync(Ct);

        Assert.Equal(2, running.ExitCode);
        Assert.Contains("Another server is using", running.Error, StringComparison.Ordinal);
        Assert.Contains("Stop the server, then restore.", running.Error, StringComparison.Ordinal);
        Assert.Equal(1, unasked.ExitCode);
        Assert.Contains("Without a terminal, use --yes.", unasked.Error, StringComparison.Ordinal);
        var answer = JsonDocument.Parse(done.Succeeded().Output).RootElement;
        Assert.Equal((1, atBackup.Claims.GetProperty("sid").GetString()),
            (answer.GetProperty("ended").GetInt32(), answer.GetProperty("sessions")[0].GetProperty("session").GetString()));
        Assert.Contains("One session of one person in it will be ended", done.Error, StringComparison.Ordinal);

        Assert.Equal("invalid_grant", (await kubectl.RefreshAsync(atBackup.RefreshToken!, Ct)).Error);
        using var again = issuer.CreateBrowser();
        Assert.Equal(KeyOf(atBackup), KeyOf(await kubectl.LogInAsync(again, alice, Ct)));
        Assert.Equal(["alice"],
            JsonDocument.Parse((await issuer.RunAsync(["people", "list", "--output", "json"], ct: Ct))
                .Succeeded().Output).RootElement.EnumerateArray().Select(row => row.GetProperty("username").GetString()));
        var recorded = (await issuer.RunAsync(["audit", "list", "--type", "database.restored"], ct: Ct)).Succeeded().Output;
        Assert.Contains("disk lost", recorded, StringComparison.Ordinal);

        // What was there before is whole, with what its log held, and comes back in the same way.
        var former = Path.Combine(answer.GetProperty("former").GetString()!, "kubeidp.db");
        Assert.All((string[])[backup, $"{issuer.DataDirectory}/kubeidp.db"], file => Assert.Equal(FileModes.OwnerOnly, FileModes.Of(file)));
        await issuer.KillAsync(Ct);
        (await issuer.RunAsync(["restore", former, "--yes"], ct: Ct)).Succeeded();
        Assert.Contains("bob", (await issuer.RunAsync(["people", "list"], ct: Ct)).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_master_key_changes_and_nobody_notices()
    {
        var masterKey = Replicas.NewMasterKey();
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\nmasterKeyFile: {masterKey}\n");
        await issuer.StartAsync(Ct);
        var alice = await issuer.AddAccountAsync("alice", Ct);
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var first = await kubectl.LogInAsync(browser, alice, Ct);
        var (old, next) = (await File.ReadAllTextAsync(masterKey, Ct), Replicas.NewMasterKey());

        var done = (await issuer.RunAsync(["keys", "rewrap", "--to", next], ct: Ct)).Succeeded().Output;
        var meanwhile = (await kubectl.RefreshPatientlyAsync(first.RefreshToken!, Ct)).Succeeded();
        await issuer.StopAsync(Ct);
        var without = await Assert.ThrowsAsync<InvalidOperationException>(() => issuer.StartAsync(Ct));
        var twice = (await issuer.RunAsync(["keys", "rewrap", "--to", next], ct: Ct)).Succeeded().Output;
        await File.WriteAllTextAsync(masterKey, await File.ReadAllTextAsync(next, Ct), Ct);
        await issuer.StartAsync(Ct);
        using var stranger = issuer.CreateBrowser();

        Assert.True(
            JsonDocument.Parse((await issuer.RunAsync(["audit", "verify", "--output", "json"], ct: Ct))
                .Succeeded().Output).RootElement.GetProperty("isWhole").GetBoolean());
        Assert.Contains("2 signing keys, 1 data protection keys", done, StringComparison.Ordinal);
        Assert.Contains("0 signing keys, 0 data protection keys", twice, StringComparison.Ordinal);
        Assert.Contains("Another master key", without.Message, StringComparison.Ordinal);
        Assert.Equal(KeyOf(first), KeyOf((await kubectl.RefreshPatientlyAsync(meanwhile.RefreshToken!, Ct)).Succeeded()));
        Assert.Equal(KeyOf(first), KeyOf(await kubectl.LogInAsync(stranger, alice, Ct)));

        // The old one is worth nothing any more, and a wrong one does nothing.
        var oldFile = Replicas.NewMasterKey();
        await File.WriteAllTextAsync(oldFile, old, Ct);
        await File.WriteAllTextAsync(masterKey, old, Ct);
        var refused = await issuer.RunAsync(["keys", "rewrap", "--to", Replicas.NewMasterKey()], ct: Ct);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("Another master key", refused.Error, StringComparison.Ordinal);
    }

    private static string KeyOf(TokenAnswer tokens) => tokens.IdToken.Split('.')[0];
}
