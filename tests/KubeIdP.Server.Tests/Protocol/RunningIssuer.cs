using KubeIdP.Core.Upstreams;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Server.Tests.Protocol;

/// <summary>
/// One issuer for all tests of a class. They don't disturb each other, for each has people and a browser of its own; the clock runs forward
/// alone.
/// </summary>
public abstract class RunningIssuer : IAsyncLifetime
{
    private readonly List<InMemoryIssuer> others = [];

    public InMemoryIssuer Issuer { get; private set; } = null!;

    public TestDatabase Database { get; private set; } = null!;

    public FakeClock Clock { get; } = new();

    public string Folder { get; } = Scratch.NewFolder("kubeidp-issuer-");

    public async ValueTask InitializeAsync()
    {
        Database = await CreateDatabaseAsync();
        Issuer = await InMemoryIssuer.StartAsync(Database, Folder, Change, CancellationToken.None, LibrariesTalk,
            directories: [.. Directories]);
    }

    /// <summary>A further replica on the same database and master key, or the same one after a restart.</summary>
    public async Task<InMemoryIssuer> StartAnotherAsync(CancellationToken ct)
    {
        var other = await InMemoryIssuer.StartAsync(Database, Folder, Change, ct, directories: [.. Directories]);
        others.Add(other);
        return other;
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var other in others)
            await other.DisposeAsync();
        if (Issuer is not null) await Issuer.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether the log has all that the libraries could say, as when somebody raises its level.</summary>
    protected virtual bool LibrariesTalk => false;

    /// <summary>The upstreams beside local accounts, for every replica the same.</summary>
    protected virtual IReadOnlyList<IConnector> Directories => [];

    protected abstract Task<TestDatabase> CreateDatabaseAsync();

    protected virtual Settings Change(Settings settings) => settings;
}

public class IssuerOnSqlite : RunningIssuer
{
    protected override Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.SqliteAsync(Clock);
}

public class IssuerOnPostgres : RunningIssuer
{
    protected override Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.PostgresAsync(Clock);
}
