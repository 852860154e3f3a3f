using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Server.Tests.Protocol;

/// <summary>What every theme of the protocol suite stands on: an issuer, and somebody who signs in.</summary>
public abstract class ProtocolTests(RunningIssuer running)
{
    protected const string WebRedirect = "https://app.example.test/callback";

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected RunningIssuer Running => running;

    protected InMemoryIssuer Issuer => running.Issuer;

    protected FakeClock Clock => running.Clock;

    protected TestDatabase Database => running.Database;

    protected RelyingParty Kubectl { get; } = running.Issuer.CreateClient();

    protected RelyingParty Web { get; } = running.Issuer.CreateClient("web", WebRedirect, InMemoryIssuer.WebSecret);

    protected Task<Account> AddAccountAsync(params string[] groups) =>
        Issuer.AddAccountAsync($"person-{Guid.NewGuid():N}"[..20], Ct, groups);

    protected Task<SignedIn> LogInAsync(params (string Name, string? Value)[] changes) => LogInAsync(Kubectl, changes);

    /// <summary>Somebody new, in a new browser, through the whole login.</summary>
    protected async Task<SignedIn> LogInAsync(RelyingParty client, params (string Name, string? Value)[] changes)
    {
        var account = await AddAccountAsync("platform");
        var browser = Issuer.CreateBrowser();
        return new SignedIn(account, browser, await client.LogInAsync(browser, account, Ct, changes));
    }

    /// <summary>Somebody new who holds a code and no token yet.</summary>
    protected async Task<string> NewCodeAsync(RelyingParty client, params (string Name, string? Value)[] changes)
    {
        using var browser = Issuer.CreateBrowser();
        return await client.SignInAsync(browser, await AddAccountAsync("platform"), Ct, changes);
    }

    protected async Task<int> ExecuteAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await Database.Database.OpenAsync(Ct);
        await using var command = Database.Database.Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync(Ct);
    }

    /// <summary>A request that no browser and no configured client makes.</summary>
    protected async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using var invoker = new HttpMessageInvoker(Issuer.CreateHandler());
        if (!request.RequestUri!.IsAbsoluteUri) request.RequestUri = new Uri(Issuer.Issuer, request.RequestUri);
        return await invoker.SendAsync(request, Ct);
    }

    protected static string Subject(TokenAnswer tokens) => tokens.Claims.GetProperty("sub").GetString()!;

    protected static string[] Strings(System.Text.Json.JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];
}

/// <summary>Somebody who has just signed in.</summary>
public sealed record SignedIn(Account Account, BrowserClient Browser, TokenAnswer Tokens);
