using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Configuration;

public sealed class LoadedConfigurationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_start_logs_the_configuration_and_only_a_change_of_it_is_audited()
    {
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);

        await StartAsync(database, minutes: 1);
        var first = await RowsAsync(database);
        await StartAsync(database, minutes: 1);
        var same = await RowsAsync(database);
        await StartAsync(database, minutes: 2);
        await StartAsync(database, minutes: 1);
        var changedTwice = await RowsAsync(database);

        Assert.Matches("^[0-9a-f]{16}$", Assert.Single(first));
        Assert.Equal(first, same);
        Assert.Equal(3, changedTwice.Count);
        Assert.Equal(changedTwice[0], changedTwice[2]);
    }

    private async Task StartAsync(TestDatabase database, int minutes)
    {
        await using var issuer = await InMemoryIssuer.StartAsync(database, folder.Path,
            settings => settings with { Tokens = new() { IdTokenLifetime = TimeSpan.FromMinutes(minutes) } }, Ct);
        var last = (await RowsAsync(database))[^1];
        Assert.Contains(issuer.Log.Lines, line => line.Contains($"The configuration has the fingerprint {last}", StringComparison.Ordinal));
    }

    private static async Task<List<string?>> RowsAsync(TestDatabase database)
    {
        await using var db = database.CreateContext();
        return await db.AuditEvents.Where(row => row.Type == AuditEventType.ConfigurationLoaded).OrderBy(row => row.Id)
            .Select(row => row.Detail).ToListAsync(Ct);
    }
}
