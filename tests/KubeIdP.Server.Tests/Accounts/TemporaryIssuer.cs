using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Upstreams;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Accounts;

/// <summary>Local accounts over a fresh SQLite file, without a web server around it.</summary>
internal sealed class TemporaryIssuer : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly string folder = Scratch.NewFolder("kubeidp-test-");
    private readonly ServiceProvider services;

    private TemporaryIssuer(TimeProvider clock, bool realCost)
    {
        Database = Database.Sqlite(Path.Combine(folder, "kubeidp.db"), clock);
        var collection = new ServiceCollection().AddLogging().AddSingleton(clock).AddSingleton(Database)
            .AddSingleton(new Administrators(Database, [new UpstreamGroup(ConnectorId.Local, "admins")]))
            .AddDbContext<KubeIdpDbContext>(options => Database.Configure(options)).AddAccounts()
            .AddSingleton(new AuditKeySource(new AuditKey(new byte[AuditKey.Size]))).AddSingleton<AuditLog>()
            .AddSingleton<UnreadableSecrets>().AddSingleton<UpstreamPeople>().AddScoped<SubjectLinker>();
        if (!realCost) collection.AddCheapPasswords();
        services = collection.BuildServiceProvider();
    }

    public Database Database { get; }

    public AuditLog AuditLog => services.GetRequiredService<AuditLog>();

    /// <param name="clock">Of database and services.</param>
    /// <param name="realCost">Whether hashing a password takes as long as in production.</param>
    public static async Task<TemporaryIssuer> StartAsync(TimeProvider clock, bool realCost = false)
    {
        var issuer = new TemporaryIssuer(clock, realCost);
        await issuer.InScopeAsync<KubeIdpDbContext, bool>(db => db.Database.EnsureCreatedAsync());
        return issuer;
    }

    public async Task<TAnswer> InScopeAsync<TService, TAnswer>(Func<TService, Task<TAnswer>> ask)
        where TService : notnull
    {
        await using var scope = services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<TService>());
    }

    public async Task<AddedAccount.Added> AddAsync(string username, params string[] groups) =>
        Assert.IsType<AddedAccount.Added>(await InScopeAsync<LocalAccounts, AddedAccount>(accounts =>
            accounts.AddAsync(new NewAccount(username, $"{username}@example.com", groups, Password), Actor.CommandLine,
                TestContext.Current.CancellationToken)));

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Database.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
