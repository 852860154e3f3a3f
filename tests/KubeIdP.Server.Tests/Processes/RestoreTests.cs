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

        Assert.All([await again.RefreshAsync(atBackup.RefreshToken!, Ct), await again.RefreshAsync(revoked.RefreshToken!, Ct)], answer => Assert.Equal("invalid_grant", answer.Error));
        var signedIn = await again.LogInAsync(newBrowser, alice, Ct);
        Assert.Equal(KeyOf(atBackup), KeyOf(signedIn));
        Assert.Equal(atBackup.Claims.GetProperty("sub").GetString(), signedIn.Claims.GetProperty("sub").GetString());
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

        Assert.True(JsonDocument.Parse((await issuer.RunAsync(["audit", "verify", "--output", "json"], ct: Ct)).Succeeded().Output).RootElement.GetProperty("isWhole").GetBoolean());
        Assert.Contains("2 signing keys, 1 sealing keys", done, StringComparison.Ordinal);
        Assert.Contains("0 signing keys, 0 sealing keys", twice, StringComparison.Ordinal);
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
