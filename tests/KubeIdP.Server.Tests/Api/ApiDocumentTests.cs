using KubeIdP.ApiClient;
using KubeIdP.ApiClient.Models;
using KubeIdP.Testing.Processes;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using Xunit;

namespace KubeIdP.Server.Tests.Api;

/// <summary>The OpenAPI document, and what a generator makes of it.</summary>
public sealed class ApiDocumentTests(ClassIssuer shared) : ApiTests(shared, postgres: false)
{
    [Fact]
    public async Task The_document_in_the_repository_describes_the_endpoints()
    {
        await using var writing = await StartAsync(Configured, services => services.AddApiDocumentWriter());
        var written = await writing.Services.WriteApiDocumentAsync(Ct);

        var current = Path.Combine(AppContext.BaseDirectory, "openapi.json");
        await File.WriteAllTextAsync(current, written, Ct);
        Assert.True(await File.ReadAllTextAsync(Repository.File("src/openapi.json"), Ct) == written,
            $"src/openapi.json is out of date. Take the current one: cp {current} src/openapi.json");
    }

    [Fact]
    public async Task A_server_hands_out_that_document_with_its_own_issuer()
    {
        const string theirs = "https://login.example.org";
        await using var other = await StartAsync(settings => Configured(settings) with { Issuer = theirs });
        var token = (await ProveAsync("robot", Key.Prove("robot", $"{theirs}/connect/token", other.Clock.GetUtcNow()), other))
            .Succeeded().AccessToken;

        var served = await CallAsync(token, HttpMethod.Get, "/openapi.json", at: other);

        Assert.Equal((200, "application/json"), (served.Status, served.Type));
        Assert.Equal((await File.ReadAllTextAsync(Repository.File("src/openapi.json"), Ct))
            .Replace(Issuer, theirs, StringComparison.Ordinal), served.Text);
        Assert.Equal(theirs, served.Json.GetProperty("servers")[0].GetProperty("url").GetString());
    }

    [Fact]
    public async Task A_generated_client_does_what_an_administrator_does()
    {
        for (var i = 0; i < 2; i++) await PersonAsync($"leaving{i}", "leaving");
        using var http = new HttpClient(Running.CreateHandler("203.0.113.7"));
        using var adapter = new HttpClientRequestAdapter(new BaseBearerTokenAuthenticationProvider(new Tokens(await ServiceTokenAsync())),
            httpClient: http) { BaseUrl = Issuer };
        var api = new AdministrationClient(adapter).Api.V1;

        var added = await api.People.PostAsync(new NewPersonBody { Username = "bob", Groups = ["dev"], Reason = "new here" },
            cancellationToken: Ct);
        await api.People[added!.Id!].Groups.PutAsync(new GroupsBody { Groups = ["dev", "ops"], Reason = "moved" }, cancellationToken: Ct);
        var bob = await api.People[added.Id!].GetAsync(cancellationToken: Ct);
        var invited = await api.People.GetAsync(request => request.QueryParameters.Status = PersonStatus.Invited, Ct);
        var sessions = await api.Sessions.GetAsync(request => request.QueryParameters.Group = "leaving", Ct);
        var filter = new SessionQuery { Group = "leaving" };
        var size = await api.Sessions.End.Preview.PostAsync(filter, cancellationToken: Ct);
        var refusal = await Assert.ThrowsAsync<ProblemDetails>(() =>
            api.Sessions.End.PostAsync(new EndMany { Filter = filter, Sessions = 1, Reason = "the end" }, cancellationToken: Ct));
        var ended = await api.Sessions.End.PostAsync(new EndMany { Filter = filter, Sessions = size!.Sessions, Reason = "the end" },
            cancellationToken: Ct);
        var auditEvents = await api.Audit.GetAsync(request => request.QueryParameters.Type = "session.ended", Ct);
        var report = await api.Reports.People.GetAsync(request => request.QueryParameters.Group = "ops", Ct);
        var clients = await api.Reports.Clients.GetAsync(cancellationToken: Ct);
        var nobody = await Assert.ThrowsAsync<ProblemDetails>(() => api.People["no-such-id"].GetAsync(cancellationToken: Ct));

        Assert.StartsWith(Issuer, added.InvitationLink, StringComparison.Ordinal);
        Assert.Equal(PersonStatus.Invited, bob!.Status);
        Assert.Equal(["dev", "ops"], bob.Groups!);
        Assert.Equal(["bob"], invited!.Items!.Select(person => person.Username));
        Assert.Equal(["leaving0", "leaving1"], sessions!.Items!.Select(session => session.Username).Order());
        Assert.Equal((2L, 2L), (size.Sessions, ended!.Ended));
        Assert.Equal(409, refusal.ResponseStatusCode);
        Assert.NotNull(refusal.Reference);
        Assert.All(auditEvents!.Items!, auditEvent => Assert.Equal(("the end", "client:robot"), (auditEvent.Reason, auditEvent.Actor)));
        Assert.Equal("bob", Assert.Single(report!.Items!).Username);
        Assert.Contains(clients!, client => client is { Client: "admin-cli", Sessions: 0 });
        Assert.Equal(404, nobody.ResponseStatusCode);
    }

    private sealed class Tokens(string token) : IAccessTokenProvider
    {
        public AllowedHostsValidator AllowedHostsValidator { get; } = new();

        public Task<string> GetAuthorizationTokenAsync(Uri uri, Dictionary<string, object>? additionalAuthenticationContext = null,
            CancellationToken cancellationToken = default) => Task.FromResult(token);
    }
}
