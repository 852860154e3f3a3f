using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Api;

/// <summary>An issuer with a client for administrators, a service that may do anything and one that may only look at sessions.</summary>
public abstract class ApiTests(ClassIssuer shared, bool postgres) : IClassFixture<ClassIssuer>, IAsyncLifetime
{
    private protected const string Issuer = "https://idp.example.test";

    private protected const string TokenEndpoint = $"{Issuer}/connect/token";

    private readonly List<IDisposable> opened = [];

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected InMemoryIssuer Running { get; private set; } = null!;

    private protected TestDatabase Database => Running.Database;

    private protected static ServiceKey Key { get; } = new();

    private protected virtual Func<Settings, Settings> Configured => settings => settings with
    {
        Admin = settings.Admin with { AuditorGroups = ["local:auditors"] },
        Tokens = new() { IdTokenLifetime = TimeSpan.FromMinutes(15) },
        Clients = new Dictionary<string, ClientOptions>(settings.Clients)
        {
            ["admin-cli"] = new() { Kind = ClientKind.Admin, RedirectUris = ["http://localhost:8000"] },
            ["robot"] = new() { Kind = ClientKind.Service, KeysFile = KeysFile, Scopes = ApiScopes.All },
            ["watcher"] = new() { Kind = ClientKind.Service, KeysFile = KeysFile, Scopes = [ApiScopes.SessionsRead] },
        },
    };

    private string KeysFile => Path.Combine(shared.Folder, "robot.pem");

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(KeysFile, Key.PublicPem, Ct);
        Running = await shared.ForTestAsync(postgres, Configured, Ct);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var one in opened) one.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected Task<InMemoryIssuer> StartAsync(Func<Settings, Settings> settings, Action<IServiceCollection>? more = null) =>
        InMemoryIssuer.StartAsync(Database, Running.Services.GetRequiredService<DataDirectory>().Path, settings, Ct, more: more);

    private protected Task<TokenAnswer> ProveAsync(string client, string proof, params (string Name, string? Value)[] more) =>
        ProveAsync(client, proof, Running, more);

    private protected static async Task<TokenAnswer> ProveAsync(string client, string proof, InMemoryIssuer at,
        params (string Name, string? Value)[] more)
    {
        using var service = at.CreateClient(client, "none");
        return await service.TokenAsync(Ct,
            [("client_id", null), ("grant_type", "client_credentials"),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", proof), .. more]);
    }

    private protected async Task<string> ServiceTokenAsync(string client = "robot") =>
        (await ProveAsync(client, Key.Prove(client, TokenEndpoint, Running.Clock.GetUtcNow()))).Succeeded().AccessToken;

    /// <summary>Somebody new with these groups, signed in by the administrators' client.</summary>
    private protected async Task<(BrowserClient Browser, TokenAnswer Tokens)> PersonAsync(string name, params string[] groups)
    {
        var account = await Running.AddAccountAsync(name, Ct, groups);
        var browser = Running.CreateBrowser("203.0.113.5");
        opened.Add(browser);
        using var client = Running.CreateClient("admin-cli");
        return (browser, await client.LogInAsync(browser, account, Ct, ("scope", "openid admin offline_access")));
    }

    /// <summary>The token of somebody for their own API.</summary>
    private protected async Task<string> OwnTokenAsync()
    {
        var account = await Running.AddAccountAsync("somebody", Ct);
        using var browser = Running.CreateBrowser("203.0.113.5");
        using var program = Running.CreateClient("kubeidp", "http://127.0.0.1:41000");
        return (await program.LogInAsync(browser, account, Ct, ("scope", "openid self"))).AccessToken;
    }

    private protected async Task<ApiAnswer> CallAsync(string? token, HttpMethod method, string path, object? body = null,
        InMemoryIssuer? at = null)
    {
        using var http = new HttpClient((at ?? Running).CreateHandler("203.0.113.7")) { BaseAddress = (at ?? Running).Issuer };
        using var request = new HttpRequestMessage(method, $"/api/v1{path}");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await http.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);

        // Whatever is asked and answered: it is about people, and it is over in a moment.
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        return new ApiAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType,
            $"{response.Headers.WwwAuthenticate}", text);
    }

    private protected Task<ApiAnswer> GetAsync(string? token, string path) => CallAsync(token, HttpMethod.Get, path);

    private protected Task<ApiAnswer> PostAsync(string? token, string path, object? body) => CallAsync(token, HttpMethod.Post, path, body);

    private protected async Task<List<AuditEvent>> AuditAsync(string type)
    {
        await using var context = Database.CreateContext();
        return await context.AuditEvents.AsNoTracking().Where(auditEvent => auditEvent.Type == type).OrderBy(auditEvent => auditEvent.Id)
            .ToListAsync(Ct);
    }

    private protected async Task<string> IdOfAsync(string username)
    {
        await using var context = Database.CreateContext();
        return (await context.People.AsNoTracking().SingleAsync(person => person.UserName == username, Ct)).Id;
    }
}

/// <summary>What the API answered.</summary>
internal sealed record ApiAnswer(int Status, string? Type, string Challenge, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public JsonElement Succeeded() => Status is 200 or 201 ? Json : throw new InvalidOperationException($"{Status}: {Text}");
}
