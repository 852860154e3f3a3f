using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Schema;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Keys;
using KubeIdP.Testing.Conformance;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Accounts;

/// <summary>The table of local accounts keeps the promises that directories keep.</summary>
public sealed class LocalConformanceOnSqlite : RefreshConnectorConformance
{
    protected override async Task<IUpstream> OpenAsync(CancellationToken ct) =>
        new LocalUpstream(await TestDatabase.SqliteAsync(new FakeClock(), ct));
}

/// <inheritdoc cref="LocalConformanceOnSqlite"/>
public sealed class LocalConformanceOnPostgres : RefreshConnectorConformance
{
    protected override async Task<IUpstream> OpenAsync(CancellationToken ct) =>
        new LocalUpstream(await TestDatabase.PostgresAsync(new FakeClock(), ct: ct));
}

internal sealed class LocalUpstream : IUpstream
{
    private readonly TestDatabase database;
    private readonly ServiceProvider services;
    private readonly AsyncServiceScope scope;

    public LocalUpstream(TestDatabase database)
    {
        this.database = database;
        services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(database.Clock).AddSingleton(database.Database)
            .AddSingleton(new Administrators(database.Database, [new UpstreamGroup(ConnectorId.Local, "admins")]))
            .AddDbContext<KubeIdpDbContext>(options => database.Database.Configure(options)).AddAccounts().AddSingleton(database.AuditLog)
            .AddSingleton<UnreadableSecrets>()
            .AddCheapPasswords().BuildServiceProvider();
        scope = services.CreateAsyncScope();
    }

    public IConnector Connector => scope.ServiceProvider.GetRequiredService<LocalConnector>();

    private LocalAccounts Accounts => scope.ServiceProvider.GetRequiredService<LocalAccounts>();

    public async Task AddPersonAsync(string name, string password, CancellationToken ct) =>
        Assert.IsType<AddedAccount.Added>(await Accounts.AddAsync(new NewAccount(name, null, [], password), Actor.CommandLine, ct));

    public Task AddGroupAsync(string name, IReadOnlyList<string> people, CancellationToken ct) =>
        ChangeGroupsAsync(people, groups => [.. groups, name], ct);

    public Task LeaveGroupAsync(string name, string person, CancellationToken ct) =>
        ChangeGroupsAsync([person], groups => [.. groups.Where(group => group != name)], ct);

    public async Task DisableAsync(string name, CancellationToken ct) =>
        Done(await Accounts.DisableAsync(new PersonId(await IdOfAsync(name, ct)), Actor.CommandLine, ct));

    public async Task DeleteAsync(string name, CancellationToken ct) =>
        Done(await Accounts.RemoveAsync(new PersonId(await IdOfAsync(name, ct)), Actor.CommandLine, ct));

    // No command renames an account: only the row can be changed.
    public async Task RenameAsync(string name, string newName, CancellationToken ct)
    {
        var (id, normalized) = (await IdOfAsync(name, ct), UserName.Normalize(newName));
        await using var db = database.CreateContext();
        await db.People.Where(person => person.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.UserName, newName).SetProperty(p => p.NormalizedUserName, normalized), ct);
    }

    public async ValueTask DisposeAsync()
    {
        await scope.DisposeAsync();
        await services.DisposeAsync();
        await database.DisposeAsync();
    }

    private async Task ChangeGroupsAsync(IReadOnlyList<string> people, Func<IReadOnlyList<string>, IReadOnlyList<string>> change,
        CancellationToken ct)
    {
        foreach (var name in people)
        {
            await using var db = database.CreateContext();
            var person = await db.People.AsNoTracking().SingleAsync(p => p.UserName == name, ct);
            Done(await Accounts.SetGroupsAsync(new PersonId(person.Id), change([.. person.Groups]), Actor.CommandLine, ct));
        }
    }

    private async Task<string> IdOfAsync(string name, CancellationToken ct) => (await Accounts.FindAsync(name, ct))!.Id;

    private static void Done(AccountChange change) => Assert.IsNotType<AccountChange.Refused>(change);
}
