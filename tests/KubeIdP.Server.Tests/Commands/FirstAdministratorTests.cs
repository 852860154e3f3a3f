using KubeIdP.Core.Files;
using KubeIdP.Server.Commands;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

public sealed class FirstAdministratorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    // With PostgreSQL and a proxy that ends TLS a server writes nothing else.
    [Fact]
    public async Task A_server_whose_folder_can_not_be_made_starts_and_names_it()
    {
        const string nowhere = "/proc/kubeidp";
        PrivateFiles.Create(folder.File("master.key"), Convert.ToBase64String(new byte[32]));
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        await using var issuer = await InMemoryIssuer.StartAsync(database, nowhere,
            settings => settings with { MasterKeyFile = folder.File("master.key"), Listen = ["http://127.0.0.1:8080"] }, Ct);

        await FirstAdministrator.PrepareAsync(issuer.Services, terminal: null, Ct);
        await issuer.AddAccountAsync("root", Ct, "admins");
        await FirstAdministrator.PrepareAsync(issuer.Services, terminal: null, Ct);

        Assert.Contains(issuer.Log.Lines, line => line.Contains($"{nowhere}/setup-link", StringComparison.Ordinal));
        Assert.DoesNotContain(issuer.Log.Lines, line => line.Contains("   at ", StringComparison.Ordinal));
    }
}
