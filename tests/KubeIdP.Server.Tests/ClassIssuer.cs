using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;

namespace KubeIdP.Server.Tests;

/// <summary>
/// One issuer for all tests of a class, each of which finds it as it was right after its start: nobody has an account, nothing has
/// happened, the log is empty. Only the clock is not set back. To start an issuer for each would take more processor time than most of
/// these tests themselves.
/// </summary>
public sealed class ClassIssuer : IAsyncDisposable
{
    /// <summary>
    /// Between two tests: what is counted by the minute or the hour, in memory as well, begins anew, and so do the codes of authenticators.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromHours(2);

    /// <summary>Before a key is changed, which is not in the rows that are put back.</summary>
    private static readonly TimeSpan LongestUse = TimeSpan.FromDays(30);

    private TestDatabase? database;
    private InMemoryIssuer? issuer;
    private StoredRows? start;

    /// <summary>The data directory is in it.</summary>
    public string Folder { get; } = Scratch.NewFolder("kubeidp-class-");

    /// <param name="postgres">Whether the database is PostgreSQL, for all tests of the class the same.</param>
    /// <param name="change">Settings other than those of <see cref="InMemoryIssuer"/>, for all tests of the class the same.</param>
    /// <param name="ct">Of the test.</param>
    public async Task<InMemoryIssuer> ForTestAsync(bool postgres, Func<Settings, Settings>? change, CancellationToken ct)
    {
        if (issuer is not null && issuer.Clock.Shift > LongestUse) await StopAsync();
        if (issuer is null) return await StartAsync(postgres, change, ct);

        issuer.Clock.Advance(Pause);
        await start!.PutBackAsync(ct);
        issuer.Log.Clear();
        return issuer;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<InMemoryIssuer> StartAsync(bool postgres, Func<Settings, Settings>? change, CancellationToken ct)
    {
        var clock = new FakeClock();
        database = postgres ? await TestDatabase.PostgresAsync(clock, ct: ct) : await TestDatabase.SqliteAsync(clock, ct);
        issuer = await InMemoryIssuer.StartAsync(database,
            Directory.CreateDirectory(Path.Combine(Folder, Path.GetRandomFileName())).FullName, change, ct);
        start = await StoredRows.ReadAsync(database, ct);
        return issuer;
    }

    private async Task StopAsync()
    {
        if (issuer is not null) await issuer.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
        (issuer, database) = (null, null);
    }
}
