using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Data.Tests;

/// <summary>What every theme of the storage suite stands on. Each theme is an abstract class, inherited once for each database.</summary>
public abstract class StorageTests : IAsyncLifetime
{
    protected const string Client = "prod";

    protected static readonly TimeSpan SessionLifetime = TimeSpan.FromHours(24);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected FakeClock Clock { get; } = new();

    protected TestDatabase Db { get; private set; } = null!;

    protected SessionStore Sessions => new(Db.Database, Db.AuditLog);

    protected GrantStore Grants => new(Db.Database, Db.AuditLog);

    public async ValueTask InitializeAsync() => Db = await CreateAsync(Clock);

    public async ValueTask DisposeAsync()
    {
        if (Db is not null) await Db.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<TestDatabase> CreateAsync(FakeClock clock);

    protected async Task<Person> AddPersonAsync(string name = "alice")
    {
        var person = new Person
        {
            Connector = "local",
            UpstreamId = name,
            UserName = name,
            NormalizedUserName = name,
            CreatedAt = Clock.GetUtcNow(),
            Groups = ["platform"],
        };
        await using var context = Db.CreateContext();
        context.Add(person);
        await context.SaveChangesAsync(Ct);
        return person;
    }

    /// <summary>A session of a new person, with its first grant: the code is not redeemed yet.</summary>
    protected async Task<NewGrant> OpenSessionAsync(TimeSpan? lifetime = null)
    {
        var person = await AddPersonAsync($"person-{Guid.NewGuid():N}");
        var session = SessionOf(person, lifetime);
        var grant = GrantIn(session.Id);
        Assert.True(await Sessions.OpenAsync(session, grant, new NewAuditEvent(AuditEventType.LoginSucceeded), Ct));
        return grant;
    }

    /// <summary>A grant whose refresh token of generation 1 is in force.</summary>
    protected async Task<NewGrant> OpenRedeemedGrantAsync(TimeSpan? lifetime = null)
    {
        var grant = await OpenSessionAsync(lifetime);
        Assert.NotNull(await Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
        return grant;
    }

    protected static NewSession SessionOf(Person person, TimeSpan? lifetime = null, long? epoch = null) =>
        new(new SessionId(NewId()), new PersonId(person.Id), epoch ?? person.FactorEpoch, "pwd otp mfa", "192.0.2.1", "test",
            lifetime ?? SessionLifetime);

    protected static NewGrant GrantIn(string sessionId, string client = Client) =>
        new(new GrantId(NewId()), new SessionId(sessionId), new ClientId(client), "openid offline_access");

    protected Task<bool> EndSessionAsync(string sessionId) =>
        Sessions.EndAsync(new SessionId(sessionId), new Actor("alice"), GrantEnd.SignedOut, Ct);

    protected async Task<Grant> FindGrantAsync(string id)
    {
        await using var context = Db.CreateContext();
        return await context.Grants.AsNoTracking().SingleAsync(grant => grant.Id == id, Ct);
    }

    protected async Task<List<AuditEvent>> AuditOfAsync(string type)
    {
        await using var context = Db.CreateContext();
        return await context.AuditEvents.AsNoTracking().Where(entry => entry.Type == type).ToListAsync(Ct);
    }

    /// <summary>
    /// Starts all at the same moment, on threads of their own: SQLite's driver blocks, and a pool that grows slowly is no race.
    /// </summary>
    protected static async Task<T[]> RaceAsync<T>(int runners, Func<int, Task<T>> run)
    {
        using var start = new Barrier(runners);
        return await Task.WhenAll(Enumerable.Range(0, runners).Select(runner => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Ct);
                return run(runner);
            },
            Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
    }

    private static string NewId() => Guid.NewGuid().ToString("N");
}
