using System.Net;
using KubeIdP.Server.Clients;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Issuers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Admin;

/// <summary>What the pages say of the end of sessions, for each kind of client that they reached, in both languages.</summary>
public abstract class EndingBoundPageTests(ClassIssuer shared, bool postgres) : AdminTests(shared, postgres)
{
    private const string Callback = "https://app.example.test/callback";

    private static readonly string[] Clients = ["kubernetes", "asking", "admin-cli", "web", "told", "retired"];

    private static readonly Dictionary<string, (string English, string German)> Sentences = new()
    {
        ["kubernetes"] = (
            "kubernetes: its API servers verify tokens themselves and refuse new requests within 130 s: an ID token is valid for 120 s, "
                + "and an API server caches a token that it has accepted for 10 s.",
            "kubernetes: Die API-Server prüfen Tokens selbst und lehnen neue Anfragen innerhalb von 130 s ab: Ein ID-Token gilt 120 s, "
                + "und ein API-Server merkt sich ein angenommenes Token 10 s lang."),
        ["asking"] = (
            "Asks & asks: its API servers ask this server about each token (token review) and refuse new requests within 14 s: an ended "
                + "session is known here within 1 s, they cache the answer of a review for 3 s, and a token that they have accepted for "
                + "10 s. An API server that also verifies tokens itself accepts them until they expire.",
            "Asks & asks: Die API-Server fragen diesen Server nach jedem Token (Token Review) und lehnen neue Anfragen innerhalb von 14 "
                + "s ab: Eine beendete Sitzung ist hier innerhalb von 1 s bekannt, sie merken sich die Antwort 3 s lang und ein "
                + "angenommenes Token 10 s lang. Ein API-Server, der Tokens auch selbst prüft, nimmt sie an, bis sie ablaufen."),
        ["admin-cli"] = ("admin-cli: its tokens are for the API of this server, which refuses them at once.",
            "admin-cli: Die Tokens gelten für die API dieses Servers, die sie sofort ablehnt."),
        ["web"] = ("web: a web application with its own sessions. End the session there too.",
            "web: Eine Webanwendung mit eigenen Sitzungen. Beenden Sie die Sitzung auch dort."),
        ["told"] = ("told: a web application with its own sessions. This server notifies it at once",
            "told: Eine Webanwendung mit eigenen Sitzungen. Dieser Server benachrichtigt sie sofort"),
        ["retired"] = (
            "retired: this client is no longer configured for sign-in, so this server does not know what it is. If it is a cluster, its "
                + "API servers refuse new requests within 130 s. If it is a web application, end its session there too.",
            "retired: Dieser Client ist nicht mehr für Anmeldungen konfiguriert, deshalb weiß dieser Server nicht, was er ist. Ist er "
                + "ein Cluster, lehnen dessen API-Server neue Anfragen innerhalb von 130 s ab. Ist er eine Webanwendung, beenden Sie die "
                + "Sitzung auch dort."),
    };

    private protected override Func<Settings, Settings> Change => settings => base.Change(settings) with
    {
        Tokens = settings.Tokens with { IdTokenLifetime = TimeSpan.FromSeconds(120) },
        Clusters = new Dictionary<string, ClusterOptions>(settings.Clusters)
        {
            ["asking"] = settings.Clusters["kubernetes"] with { Title = "Asks & asks",
                TokenReview = new() { SecretHash = ClientSecret.Create().Hash } },
        },
        Clients = new Dictionary<string, ClientOptions>(settings.Clients)
        {
            ["admin-cli"] = new() { Kind = ClientKind.Admin, RedirectUris = ["http://localhost:8000"] },
            ["told"] = settings.Clients["web"] with { BackChannelLogoutUri = "https://app.example.test/logout" },

            // It becomes another below: no client is removed from a configuration while a server runs.
            ["about-to-retire"] = settings.Clients["web"],
        },
    };

    [Theory]
    [InlineData("kubernetes")]
    [InlineData("asking")]
    [InlineData("admin-cli")]
    [InlineData("web")]
    [InlineData("told")]
    [InlineData("retired")]
    [InlineData("asking", "web")]
    [InlineData("admin-cli", "told")]
    [InlineData("kubernetes", "asking", "admin-cli", "web", "told", "retired")]
    [InlineData]
    public async Task Each_client_that_the_sessions_reached_has_its_sentence_and_no_other_has(params string[] reached)
    {
        var session = await SignedInAsync("carol", reached);
        using var root = await AdministratorAsync();

        foreach (var language in (string[])["en", "de"])
        {
            root.Headers.Remove("Accept-Language");
            root.Headers.Add("Accept-Language", language);
            foreach (var path in (string[])[$"/admin/sessions/{session}", "/admin/sessions/end?person=carol"])
            {
                var page = await root.GoAsync(path, Ct);

                foreach (var client in Clients)
                {
                    var sentence = language == "de" ? Sentences[client].German : Sentences[client].English;
                    Assert.True(page.Has(sentence) == reached.Contains(client), $"{path} {language} {client}: {page.Text}");
                }

                Assert.True(page.Has("port-forward") == reached.Any(client => client is "kubernetes" or "asking" or "retired"), page.Text);
                Assert.Equal(reached.Length > 0,
                    page.Has(language == "de" ? "Vorher ausgestellte Tokens:" : "Tokens that were issued before:"));
            }
        }
    }

    // A web application knows itself when a session expires, so it is not notified.
    [Fact]
    public async Task Of_a_session_that_ran_out_no_client_is_said_to_be_notified()
    {
        var session = await SignedInAsync("carol", ["told"]);
        Issuer.Clock.Advance(TimeSpan.FromHours(13));
        using var root = await AdministratorAsync();

        var page = await root.GoAsync($"/admin/sessions/{session}", Ct);

        Assert.True(page.Status == HttpStatusCode.OK && page.Has("Session ended")
            && page.Has("told: a web application with its own sessions. End the session there too.") && !page.Has("notifies it at once"),
                page.Text);
    }

    [Fact]
    public async Task Of_a_session_that_somebody_ended_clients_are_said_to_be_notified_when_it_is_over()
    {
        var session = await SignedInAsync("carol", ["told"]);
        using var root = await AdministratorAsync();

        var page = await (await root.GoAsync($"/admin/sessions/{session}", Ct)).Fill("Reason", "a stolen bag")
            .PressAsync("End this session", Ct);

        Assert.True(page.Has("Session ended") && page.Has(Sentences["told"].English), page.Text);
    }

    /// <returns>The session's id.</returns>
    private async Task<string> SignedInAsync(string name, string[] clients)
    {
        using var browser = await SignInAsync(name, null);
        var person = await IdOfAsync(name);
        await using var db = Database.CreateContext();
        var session = await db.Sessions.Where(one => one.PersonId == person).Select(one => one.Id).SingleAsync(Ct);
        foreach (var id in clients)
        {
            var (at, redirect, secret) = id switch
            {
                "retired" => ("about-to-retire", Callback, InMemoryIssuer.WebSecret),
                "web" or "told" => (id, Callback, InMemoryIssuer.WebSecret),
                _ => (id, "http://localhost:8000", (string?)null),
            };
            using var client = Issuer.CreateClient(at, redirect, secret);
            Assert.True((await client.RedeemAsync(await CodeAsync(browser, client), Ct)).IsSuccess, id);
        }

        await db.Grants.Where(grant => grant.ClientId == "about-to-retire")
            .ExecuteUpdateAsync(set => set.SetProperty(grant => grant.ClientId, "retired"), Ct);
        return session;
    }

    private static async Task<string> CodeAsync(BrowserClient browser, Testing.Protocol.RelyingParty client)
    {
        var page = await browser.GoAsync(client.AuthorizeUrl(), Ct);
        if (page.HasButton("Continue")) page = await page.PressAsync("Continue", Ct);
        return page.RedirectParameters["code"];
    }
}

public sealed class EndingBoundPageTestsOnSqlite(ClassIssuer shared) : EndingBoundPageTests(shared, postgres: false);

public sealed class EndingBoundPageTestsOnPostgres(ClassIssuer shared) : EndingBoundPageTests(shared, postgres: true);
