using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Api;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

/// <summary>
/// What a resource server learns about an access token (RFC 7662). The issuer has an application in the browser whose tokens the service
/// "records" and the web client "wiki" accept, and clients that have nothing to do with it.
/// </summary>
public abstract class IntrospectionTests(RunningIssuer running) : ProtocolTests(running)
{
    private const string Inactive = """{"active":false}""";
    private const string Everything = "openid profile email groups offline_access";
    private const string Assertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private static ServiceKey Key { get; } = new();

    private RelyingParty Spa { get; } = running.Issuer.CreateClient("spa", SpaRedirect);

    public const string SpaRedirect = "https://spa.example.test/callback";

    public static Settings WithResourceServers(Settings settings, string folder)
    {
        var keys = Path.Combine(folder, "records.pem");
        File.WriteAllText(keys, Key.PublicPem);
        var clients = new Dictionary<string, ClientOptions>(settings.Clients)
        {
            ["spa"] = new() { Kind = ClientKind.Spa, RedirectUris = [SpaRedirect], ResourceServers = ["records", "wiki"] },
            ["cli"] = new() { Kind = ClientKind.Native, RedirectUris = ["http://localhost:8000"] },
            ["admin-cli"] = new() { Kind = ClientKind.Admin, RedirectUris = ["http://localhost:8000"] },
            ["records"] = new() { Kind = ClientKind.Service, KeysFile = keys, Groups = new() { Prefix = "kubeidp:" } },
            ["robot"] = new() { Kind = ClientKind.Service, KeysFile = keys, Scopes = [ApiScopes.SessionsRead] },
            ["wiki"] = new()
            {
                Kind = ClientKind.Web, RedirectUris = ["https://wiki.example.test/callback"],
                SecretHash = ClientSecret.HashOf(InMemoryIssuer.WebSecret), Access = new() { Groups = ["local:platform"] },
            },
        };
        return ClientRules.Check(clients, [new("local")]).ToList() is []
            ? settings with { Clients = clients }
            : throw new InvalidOperationException($"Refused: {string.Join(", ", ClientRules.Check(clients, [new("local")]))}");
    }

    [Fact]
    public async Task A_resource_server_learns_who_uses_the_token_with_the_groups_by_its_own_names()
    {
        var login = await LogInAsync(Spa, ("scope", Everything));

        var answer = await AskAsServiceAsync(login.Tokens.AccessToken);

        var claims = JsonDocument.Parse(answer).RootElement;
        var idToken = login.Tokens.Claims;
        Assert.Equal(
            ["active", "aud", "client_id", "email", "email_verified", "exp", "groups", "iat", "iss", "preferred_username", "scope", "sub",
                "token_type", "username"],
            claims.EnumerateObject().Select(claim => claim.Name).Order(StringComparer.Ordinal));
        Assert.True(claims.GetProperty("active").GetBoolean());
        foreach (var claim in (string[])["iss", "sub", "exp", "iat", "preferred_username", "email", "email_verified"])
            Assert.Equal($"{idToken.GetProperty(claim)}", $"{claims.GetProperty(claim)}");
        Assert.Equal(["records", "wiki"], Strings(claims.GetProperty("aud")).Order());
        Assert.Equal(("spa", "Bearer"), (claims.GetProperty("client_id").GetString(), claims.GetProperty("token_type").GetString()));
        Assert.Equal(Everything.Split(' ').Order(), claims.GetProperty("scope").GetString()!.Split(' ').Order());
        Assert.Equal(login.Account.Username, claims.GetProperty("username").GetString());
        Assert.Equal(["kubeidp:platform"], Strings(claims.GetProperty("groups")));
        Assert.Equal(["platform"], Strings(idToken.GetProperty("groups")));
    }

    [Fact]
    public async Task It_learns_no_more_than_the_scopes_of_the_token_allow()
    {
        var login = await LogInAsync(Spa);

        var claims = JsonDocument.Parse(await AskAsServiceAsync(login.Tokens.AccessToken)).RootElement;

        Assert.Equal(["active", "aud", "client_id", "exp", "iat", "iss", "scope", "sub", "token_type"],
            claims.EnumerateObject().Select(claim => claim.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Groups_are_those_of_now_and_none_is_an_empty_list()
    {
        var login = await LogInAsync(Spa, ("scope", "openid groups"));
        await ExecuteAsync("UPDATE people SET groups = @groups WHERE id = @id", ("groups", "[]"), ("id", Subject(login.Tokens)));

        var claims = JsonDocument.Parse(await AskAsServiceAsync(login.Tokens.AccessToken)).RootElement;

        Assert.Equal(JsonValueKind.Array, claims.GetProperty("groups").ValueKind);
        Assert.Empty(Strings(claims.GetProperty("groups")));
    }

    // RFC 7662 §2.1: only a hint.
    [Theory]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    [InlineData("nonsense")]
    public async Task A_hint_about_the_type_changes_nothing(string hint)
    {
        var login = await LogInAsync(Web);

        using var response = await Web.PostAsync("connect/introspect", Ct, ("token", login.Tokens.AccessToken), ("token_type_hint", hint));

        Assert.True(JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task A_web_client_may_ask_about_its_own_tokens_with_its_secret_in_the_header_or_the_form()
    {
        var login = await LogInAsync(Web, ("scope", "openid profile"));
        using var inHeader = new HttpRequestMessage(HttpMethod.Post, "/connect/introspect")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("token", login.Tokens.AccessToken)]),
            Headers =
            {
                Authorization = new AuthenticationHeaderValue("Basic",
                    Convert.ToBase64String(Encoding.ASCII.GetBytes($"web:{InMemoryIssuer.WebSecret}"))),
            },
        };

        using var response = await SendAsync(inHeader);
        var (status, inForm) = await AskAsync(Web, login.Tokens.AccessToken);

        Assert.Equal((HttpStatusCode.OK, "no-store"), (response.StatusCode, $"{response.Headers.CacheControl}"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(inForm, Compact(await response.Content.ReadAsStringAsync(Ct)));
        Assert.Equal(("web", "web"), (JsonDocument.Parse(inForm).RootElement.GetProperty("aud").GetString(),
            JsonDocument.Parse(inForm).RootElement.GetProperty("client_id").GetString()));
    }

    [Fact]
    public async Task Asking_uses_nothing_up()
    {
        var login = await LogInAsync(Spa, ("scope", "openid offline_access"));

        var answers = new HashSet<string>();
        for (var i = 0; i < 3; i++) answers.Add(await AskAsServiceAsync(login.Tokens.AccessToken));
        Assert.Equal(Inactive, await AskAsServiceAsync(login.Tokens.RefreshToken!));
        var refreshed = await Spa.RefreshAsync(login.Tokens.RefreshToken!, Ct);

        Assert.Contains("\"active\":true", Assert.Single(answers), StringComparison.Ordinal);
        Assert.Equal(2, refreshed.Succeeded().Generation);
        using var userInfo = await Spa.UserInfoAsync(login.Tokens.AccessToken, Ct);
        Assert.Equal(HttpStatusCode.OK, userInfo.StatusCode);
    }

    // SECURITY RV4, RFC 7662 §2.2: without a reason.
    [Fact]
    public async Task Whatever_is_no_living_access_token_for_the_one_who_asks_is_not_active_and_nothing_else()
    {
        var tokens = (await LogInAsync(Spa, ("scope", Everything))).Tokens;
        var kubernetes = (await LogInAsync()).Tokens;
        using var cli = Issuer.CreateClient("cli");
        var native = (await LogInAsync(cli)).Tokens;
        using var admin = Issuer.CreateClient("admin-cli");
        var forApi = (await LogInAsync(admin, ("scope", "openid admin"))).Tokens;
        var ofService = await ServiceTokenAsync("robot");
        var ofWeb = (await LogInAsync(Web, ("scope", Everything))).Tokens;

        foreach (var token in (string[])[tokens.IdToken, tokens.RefreshToken!, kubernetes.AccessToken, kubernetes.IdToken,
            native.AccessToken, forApi.AccessToken, ofService, ofWeb.AccessToken, "garbage", "a.b.c", Key.PublicPem])
        {
            Assert.Equal(Inactive, await AskAsServiceAsync(token));
        }

        foreach (var token in (string[])[tokens.AccessToken, kubernetes.AccessToken, native.AccessToken, forApi.AccessToken, ofService,
            ofWeb.IdToken, ofWeb.RefreshToken!])
            Assert.Equal((HttpStatusCode.OK, Inactive), await AskAsync(Web, token));
        Assert.Equal(Inactive, await AskAsServiceAsync(tokens.AccessToken, "robot"));
        Assert.Equal(Inactive, await AskAsServiceAsync(ofService, "robot"));
    }

    [Fact]
    public async Task A_token_is_not_active_after_its_expiry()
    {
        var tokens = (await LogInAsync(Spa)).Tokens;

        var before = await AskAsServiceAsync(tokens.AccessToken);
        Clock.Advance(TimeSpan.FromSeconds(61));

        Assert.Contains("\"active\":true", before, StringComparison.Ordinal);
        Assert.Equal(Inactive, await AskAsServiceAsync(tokens.AccessToken));
    }

    [Fact]
    public async Task A_token_is_not_active_once_it_is_revoked_or_its_session_has_ended_or_its_person_is_disabled()
    {
        var (revoked, signedOut, disabled) = (await LogInAsync(Spa), await LogInAsync(Spa), await LogInAsync(Spa));
        foreach (var login in (SignedIn[])[revoked, signedOut, disabled])
            Assert.Contains("\"active\":true", await AskAsServiceAsync(login.Tokens.AccessToken), StringComparison.Ordinal);

        using var revocation = await Spa.PostAsync("connect/revoke", Ct, ("token", revoked.Tokens.AccessToken));
        await (await signedOut.Browser.GoAsync("/logout", Ct)).PressAsync("Sign out", Ct);
        await ExecuteAsync("UPDATE people SET disabled_at = 1 WHERE id = @id", ("id", Subject(disabled.Tokens)));

        foreach (var login in (SignedIn[])[revoked, signedOut, disabled])
            Assert.Equal(Inactive, await AskAsServiceAsync(login.Tokens.AccessToken));
    }

    [Fact]
    public async Task A_person_who_has_left_the_groups_of_a_resource_server_has_no_active_token_there()
    {
        using var wiki = Issuer.CreateClient("wiki", "https://wiki.example.test/callback", InMemoryIssuer.WebSecret);
        var login = await LogInAsync(Spa);
        var before = await AskAsync(wiki, login.Tokens.AccessToken);

        await ExecuteAsync("UPDATE people SET groups = @groups WHERE id = @id", ("groups", "[]"), ("id", Subject(login.Tokens)));

        Assert.Contains("\"active\":true", before.Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, Inactive), await AskAsync(wiki, login.Tokens.AccessToken));
        Assert.Contains("\"active\":true", await AskAsServiceAsync(login.Tokens.AccessToken), StringComparison.Ordinal);
    }

    // RFC 6749 §5.2.
    [Fact]
    public async Task Without_authentication_or_as_a_public_client_it_is_401_invalid_client()
    {
        var token = (await LogInAsync(Spa)).Tokens.AccessToken;
        var (now, endpoint) = (Clock.GetUtcNow(), $"{Issuer.Issuer}connect/token");
        var used = Key.Prove("records", endpoint, now);
        using var stranger = new ServiceKey();
        (string Name, string? Value)[][] attempts =
        [
            [("client_id", null)],
            [("client_id", "spa")],
            [("client_id", "spa"), ("client_secret", "x")],
            [("client_id", "kubernetes")],
            [("client_id", "records")],
            [("client_id", "nobody")],
            [("client_id", "nobody"), ("client_secret", "x")],
            [("client_id", "web"), ("client_secret", "x")],
            [("client_id", "web"), ("client_secret", "")],
            [("client_id", null), ("client_secret", InMemoryIssuer.WebSecret)],
            [("client_id", null), ("client_assertion_type", Assertion), ("client_assertion", "garbage")],
            [("client_id", null), ("client_assertion_type", Assertion), ("client_assertion", stranger.Prove("records", endpoint, now))],
            [("client_id", null), ("client_assertion_type", Assertion), ("client_assertion", Key.Prove("spa", endpoint, now))],
            [("client_id", null), ("client_assertion_type", Assertion), ("client_assertion", Key.Prove("records", "https://x", now))],
            [("client_id", null), ("client_assertion_type", Assertion),
                ("client_assertion", Key.Prove("records", endpoint, now - TimeSpan.FromMinutes(5)))],
            [("client_id", null), ("client_assertion_type", Assertion), ("client_assertion", used)],
        ];
        using var first = await Spa.PostAsync("connect/introspect", Ct, [("token", token), .. attempts[^1]]);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        foreach (var attempt in attempts)
        {
            foreach (var asked in (string[])[token, "garbage"])
            {
                using var response = await Spa.PostAsync("connect/introspect", Ct, [("token", asked), .. attempt]);
                var (said, text) = ($"{attempt[0]} {attempt[^1]}", await response.Content.ReadAsStringAsync(Ct));

                Assert.Equal((said, HttpStatusCode.Unauthorized), (said, response.StatusCode));
                Assert.Equal((said, "invalid_client"), (said, JsonDocument.Parse(text).RootElement.GetProperty("error").GetString()));
                Assert.DoesNotContain("active", text, StringComparison.Ordinal);
                Assert.Equal("no-store", $"{response.Headers.CacheControl}");
            }
        }
    }

    [Fact]
    public async Task A_wrong_secret_in_the_header_is_challenged()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/introspect")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("token", "x")]),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("web:wrong"u8)) },
        };

        using var response = await SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.StartsWith("Basic", $"{response.Headers.WwwAuthenticate}", StringComparison.Ordinal);
    }

    // RFC 6749 §3.2, RFC 7662 §2.1.
    [Fact]
    public async Task A_token_that_is_missing_sent_twice_or_in_the_address_is_an_invalid_request()
    {
        var token = (await LogInAsync(Web)).Tokens.AccessToken;
        var credentials = $"client_id=web&client_secret={InMemoryIssuer.WebSecret}";
        (HttpMethod Method, string Query, string? Form)[] requests =
        [
            (HttpMethod.Post, "", credentials), (HttpMethod.Post, "", $"{credentials}&token="),
            (HttpMethod.Post, "", $"{credentials}&token={token}&token={token}"),
            (HttpMethod.Post, "", $"{credentials}&{credentials}&token={token}"),
            (HttpMethod.Get, $"?{credentials}&token={token}", null), (HttpMethod.Put, "", $"{credentials}&token={token}"),
        ];

        foreach (var (method, query, form) in requests)
        {
            using var request = new HttpRequestMessage(method, $"/connect/introspect{query}");
            if (form is not null) request.Content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded");
            using var response = await SendAsync(request);

            Assert.Equal((form, HttpStatusCode.BadRequest), (form, response.StatusCode));
            Assert.Equal("invalid_request",
                JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("error").GetString());
        }
    }

    [Fact]
    public async Task Tokens_for_resource_servers_do_not_open_the_API_and_tokens_for_the_API_stay_there()
    {
        var forServers = (await LogInAsync(Spa)).Tokens.AccessToken;
        var ofWeb = (await LogInAsync(Web)).Tokens.AccessToken;
        var forApi = await ServiceTokenAsync("robot");

        Assert.Equal(HttpStatusCode.Unauthorized, await CallApiAsync(forServers));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallApiAsync(ofWeb));
        Assert.Equal(HttpStatusCode.OK, await CallApiAsync(forApi));
        using var refused = await ProveAsync("records");
        Assert.Equal("unauthorized_client",
            JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Discovery_offers_it_with_the_methods_of_clients_that_authenticate()
    {
        using var response = await SendAsync(new(HttpMethod.Get, "/.well-known/openid-configuration"));
        var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;

        Assert.Equal("https://idp.example.test/connect/introspect", document.GetProperty("introspection_endpoint").GetString());
        Assert.Equal(["client_secret_basic", "client_secret_post", "private_key_jwt"],
            Strings(document.GetProperty("introspection_endpoint_auth_methods_supported")).Order());
    }

    private async Task<string> AskAsServiceAsync(string token, string service = "records")
    {
        using var response = await Spa.PostAsync("connect/introspect", Ct, ("client_id", null), ("token", token),
            ("client_assertion_type", Assertion),
            ("client_assertion", Key.Prove(service, $"{Issuer.Issuer}connect/token", Clock.GetUtcNow())));
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal("no-store", $"{response.Headers.CacheControl}");
        return Compact(text);
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(RelyingParty client, string token)
    {
        using var response = await client.PostAsync("connect/introspect", Ct, ("token", token));
        return (response.StatusCode, Compact(await response.Content.ReadAsStringAsync(Ct)));
    }

    // The answer is indented.
    private static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);

    private Task<HttpResponseMessage> ProveAsync(string service) =>
        Spa.PostAsync("connect/token", Ct, ("client_id", null), ("grant_type", "client_credentials"), ("client_assertion_type", Assertion),
            ("client_assertion", Key.Prove(service, $"{Issuer.Issuer}connect/token", Clock.GetUtcNow())));

    private async Task<string> ServiceTokenAsync(string service)
    {
        using var response = await ProveAsync(service);
        return (await TokenAnswer.ReadAsync(response, Ct)).Succeeded().AccessToken;
    }

    private async Task<HttpStatusCode> CallApiAsync(string token)
    {
        using var response = await SendAsync(
            new(HttpMethod.Get, "/api/v1/sessions/") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } });
        return response.StatusCode;
    }
}

public sealed class IntrospectionOnSqlite(IntrospectionOnSqlite.WithServers running) : IntrospectionTests(running),
    IClassFixture<IntrospectionOnSqlite.WithServers>
{
    public sealed class WithServers : IssuerOnSqlite
    {
        protected override Settings Change(Settings settings) => WithResourceServers(settings, Folder);
    }
}

public sealed class IntrospectionOnPostgres(IntrospectionOnPostgres.WithServers running) : IntrospectionTests(running),
    IClassFixture<IntrospectionOnPostgres.WithServers>
{
    public sealed class WithServers : IssuerOnPostgres
    {
        protected override Settings Change(Settings settings) => WithResourceServers(settings, Folder);
    }
}
