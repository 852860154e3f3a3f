using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;
using KubeIdP.Server;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Commands;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Upstreams;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeIdP.Testing.Issuers;

/// <summary>
/// The whole issuer in this process, on a real database and a clock that the test turns; only the network is missing. Started twice on one
/// database and one master key it is two replicas, or one before and after a restart.
/// </summary>
public sealed class InMemoryIssuer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TestDatabase database;

    private InMemoryIssuer(WebApplication app, TestDatabase database, Uri issuer)
    {
        this.app = app;
        this.database = database;
        Issuer = issuer;
    }

    public Uri Issuer { get; }

    public FakeClock Clock => database.Clock;

    public TestDatabase Database => database;

    /// <summary>
    /// Everything that the server's own code logged, at every level, and what the libraries did as far as the product lets them.
    /// </summary>
    public LogCapture Log => app.Services.GetRequiredService<LogCapture>();

    internal IServiceProvider Services => app.Services;

    /// <param name="database">Also holds what must outlive a restart.</param>
    /// <param name="masterKeyFile">The same for all issuers of one database; null makes one in <paramref name="folder"/>.</param>
    /// <param name="folder">The data directory.</param>
    /// <param name="change">Settings other than the defaults, with the cluster "kubernetes" and the web client "web".</param>
    /// <param name="librariesTalk">Raises the log level of the libraries as far as an operator could.</param>
    /// <param name="more">What a test needs beside the product's own services.</param>
    /// <param name="directories">Whose people may sign in beside the local accounts, each with its domain <c>NAME.example</c>.</param>
    internal static async Task<InMemoryIssuer> StartAsync(
        TestDatabase database, string folder, Func<Settings, Settings>? change, CancellationToken ct, bool librariesTalk = false,
        Action<IServiceCollection>? more = null,
        params IReadOnlyList<IConnector> directories)
    {
        var settings = Default(folder);
        settings = change?.Invoke(settings) ?? settings;

        var app = Program.Build(settings, builder =>
        {
            // First, for a provider registered before it would be cleared away as well.
            builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace);
            builder.WebHost.UseTestServer();

            // One machine, whose clock and the database's are turned together: there is nothing to ask the database for.
            builder.Services.AddSingleton<TimeProvider>(database.Clock).AddSingleton(new DatabaseClock(database.Clock));
            builder.Services.AddSingleton(database.Database);
            builder.Services.AddCheapPasswords();
            builder.Services.AddSingleton<LogCapture>();
            builder.Services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<LogCapture>());
            foreach (var directory in directories)
                builder.Services.AddSingleton(
                    new ConfiguredConnector(directory, [directory.Id.Value.ToUpperInvariant(), $"{directory.Id}.example"]));
            more?.Invoke(builder.Services);
            if (librariesTalk)
                builder.Logging.AddFilter("Microsoft", LogLevel.Trace).AddFilter("OpenIddict", LogLevel.Trace)
                    .AddFilter("System", LogLevel.Trace);
        });
        await database.Database.PrepareAsync(migrate: true, ct);
        await app.Services.UnlockAuditAsync(ct);
        database.AuditKeys = app.Services.GetRequiredService<AuditKeySource>();
        await PreparedSigningKey.InsertAsync(app.Services, ct);
        await ServeCommand.PrepareAsync(app, settings, ct);
        app.Services.GetRequiredService<StartupState>().Complete();
        await app.StartAsync(ct);
        return new InMemoryIssuer(app, database, new Uri(settings.Issuer));
    }

    /// <param name="address">Where its requests come from; null leaves the address unknown.</param>
    public HttpMessageHandler CreateHandler(string? address = null) =>
        app.GetTestServer().CreateHandler(http => http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address));

    public BrowserClient CreateBrowser(string? address = null) => new(CreateHandler(address), Issuer, Clock);

    public RelyingParty CreateClient(string clientId = "kubernetes", string redirectUri = "http://localhost:8000", string? secret = null) =>
        new(CreateHandler(), Issuer, clientId, redirectUri) { Secret = secret };

    /// <summary>Lets somebody of a directory, who has or has not been here yet, set up a second factor.</summary>
    public async Task<Account> InviteAsync(string username, string password, CancellationToken ct)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var answer = await scope.ServiceProvider.GetRequiredService<EnrolmentOffers>()
            .OfferAsync(username, connector: null, Actor.CommandLine, ct);
        return answer is EnrolmentOffer.IssuedSecret offered
            ? new Account(username, password, offered.Code, Clock) { Directory = offered.Connector.Value }
            : throw new InvalidOperationException($"{username} got no enrolment code: {answer}");
    }

    public async Task<Account> AddAccountAsync(string username, CancellationToken ct, params string[] groups)
    {
        const string password = "correct horse battery staple";
        await using var scope = app.Services.CreateAsyncScope();
        var answer = await scope.ServiceProvider.GetRequiredService<LocalAccounts>()
            .AddAsync(new NewAccount(username, $"{username}@example.com", groups, password), Actor.CommandLine, ct);
        return answer is AddedAccount.Added added
            ? new Account(username, password, added.EnrolmentCode, Clock)
            : throw new InvalidOperationException($"{username} was not added: {answer}");
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    /// <summary>The secret of the web client of <see cref="Default"/>.</summary>
    public const string WebSecret = "a-secret-that-only-tests-know-0123456789";

    private static Settings Default(string folder) => new()
    {
        Issuer = "https://idp.example.test",
        Listen = ["https://localhost:8443"],
        DataDirectory = folder,
        Clusters = new Dictionary<string, ClusterOptions>
        {
            ["kubernetes"] = new() { RedirectUris = ["http://localhost:8000", "http://127.0.0.1:8000/callback"],
                PostLogoutRedirectUris = ["http://localhost:8000/signed-out"] },
            ["kubernetes-es"] = new() { RedirectUris = ["http://localhost:8000"], SigningAlgorithm = SigningAlgorithm.ES256 },
        },
        Clients = new Dictionary<string, ClientOptions>
        {
            ["web"] = new()
            {
                Kind = ClientKind.Web, RedirectUris = ["https://app.example.test/callback"],
                    PostLogoutRedirectUris = ["https://app.example.test/signed-out"],
                SecretHash = ClientSecret.HashOf(WebSecret),
            },
        },
    };
}
