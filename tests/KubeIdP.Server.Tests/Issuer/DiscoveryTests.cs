using System.Net;
using System.Text.Json;
using KubeIdP.Server.Tests.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Issuer;

public sealed class DiscoveryTests(IssuerOnSqlite running) : ProtocolTests(running), IClassFixture<IssuerOnSqlite>
{
    private const string Discovery = "/.well-known/openid-configuration";

    [Theory]
    [InlineData(Discovery)]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task Discovery_names_the_issuer_as_configured_and_nothing_that_is_not_offered(string path)
    {
        using var response = await SendAsync(new(HttpMethod.Get, path));
        var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;

        Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal("https://idp.example.test", document.GetProperty("issuer").GetString());
        Assert.Equal(["S256"], Strings(document.GetProperty("code_challenge_methods_supported")));
        Assert.Equal(["code"], Strings(document.GetProperty("response_types_supported")));
        Assert.Equal(["form_post", "query"], Strings(document.GetProperty("response_modes_supported")).Order());
        Assert.Equal(["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"],
            Strings(document.GetProperty("grant_types_supported")).Order());
        Assert.Equal(["ES256", "RS256"], Strings(document.GetProperty("id_token_signing_alg_values_supported")).Order());
        Assert.True(document.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
        foreach (var endpoint in (string[])["token", "revocation"])
            Assert.Equal(["client_secret_basic", "client_secret_post", "none"],
                Strings(document.GetProperty($"{endpoint}_endpoint_auth_methods_supported")).Order());
        Assert.Equal(["client_secret_basic", "client_secret_post"],
            Strings(document.GetProperty("introspection_endpoint_auth_methods_supported")).Order());
        Assert.Equal(["de", "en"], Strings(document.GetProperty("ui_locales_supported")).Order());
    }

    [Theory]
    [InlineData(Discovery)]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/jwks")]
    [InlineData("/.well-known/openid-configuration/")]
    [InlineData("/.Well-Known/OpenID-Configuration")]
    [InlineData("/.well-known/oauth-authorization-server/")]
    [InlineData("/.well-known/JWKS/")]
    public async Task HEAD_is_answered_as_GET_without_a_body(string path)
    {
        var fresh = await Running.StartAnotherAsync(Ct);
        using var invoker = new HttpMessageInvoker(fresh.CreateHandler());

        using var first = await invoker.SendAsync(new(HttpMethod.Head, new Uri(Issuer.Issuer, path)), Ct);
        using var get = await invoker.SendAsync(new(HttpMethod.Get, new Uri(Issuer.Issuer, path)), Ct);
        using var again = await invoker.SendAsync(new(HttpMethod.Head, new Uri(Issuer.Issuer, path)), Ct);

        Assert.NotEmpty(await get.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal("no-cache", $"{get.Headers.CacheControl}");
        foreach (var head in (HttpResponseMessage[])[first, again])
        {
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Equal($"{get.Content.Headers}", $"{head.Content.Headers}");
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Ct));
        }
    }

    [Theory]
    [InlineData("/css/kubeidp.css")]
    [InlineData("/ca.crt")]
    [InlineData("/")]
    [InlineData("/signed-out")]
    [InlineData("/sign-in?return=/account")]
    [InlineData("/form-refused")]
    [InlineData("/form-unfinished")]
    [InlineData("/login-over")]
    [InlineData("/logout")]
    [InlineData("/admin")]
    public async Task HEAD_is_answered_wherever_GET_is_for_anybody(string path)
    {
        using var get = await SendAsync(new(HttpMethod.Get, path));
        using var head = await SendAsync(new(HttpMethod.Head, path));

        Assert.Equal(get.StatusCode, head.StatusCode);
    }

    [Fact]
    public async Task Every_address_in_discovery_is_on_the_issuers_origin()
    {
        var document = await Kubectl.GetJsonAsync(Discovery.TrimStart('/'), Ct);

        var addresses = document.EnumerateObject()
            .Where(entry => entry.Name.EndsWith("_endpoint", StringComparison.Ordinal)
            || entry.Name.EndsWith("_uri", StringComparison.Ordinal))
            .ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);

        Assert.All(addresses.Values, address => Assert.StartsWith("https://idp.example.test/", address, StringComparison.Ordinal));
        Assert.Superset(
            new HashSet<string> { "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint",
                "end_session_endpoint" },
            addresses.Keys.ToHashSet());
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("X-Forwarded-Proto", "http")]
    [InlineData("X-Forwarded-Prefix", "/evil")]
    [InlineData("Forwarded", "host=evil.example;proto=http")]
    public async Task Headers_of_a_caller_change_nothing_in_discovery_even_when_they_come_first(string name, string value)
    {
        var fresh = await Running.StartAnotherAsync(Ct);
        using var toFresh = new HttpMessageInvoker(fresh.CreateHandler());
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Issuer.Issuer, Discovery + "?issuer=evil.example"));
        request.Headers.TryAddWithoutValidation(name, value);

        using var poisoned = await toFresh.SendAsync(request, Ct);
        using var later = await toFresh.SendAsync(new(HttpMethod.Get, new Uri(Issuer.Issuer, Discovery)), Ct);
        using var expected = await SendAsync(new(HttpMethod.Get, Discovery));

        var text = await expected.Content.ReadAsStringAsync(Ct);
        Assert.Equal(text, await poisoned.Content.ReadAsStringAsync(Ct));
        Assert.Equal(text, await later.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task Published_keys_are_public_distinct_and_strong()
    {
        var keys = (await Kubectl.GetJsonAsync(".well-known/jwks", Ct)).GetProperty("keys").EnumerateArray().ToList();

        Assert.Equal(["ES256", "RS256"], keys.Select(key => key.GetProperty("alg").GetString()).Order());
        Assert.Equal(keys.Count, keys.Select(key => key.GetProperty("kid").GetString()).Distinct().Count());
        foreach (var key in keys)
        {
            Assert.Equal("sig", key.GetProperty("use").GetString());
            Assert.DoesNotContain(key.EnumerateObject(), member => member.Name is "d" or "p" or "q" or "dp" or "dq" or "qi" or "k");
            if (key.TryGetProperty("n", out var modulus)) Assert.True(modulus.GetString()!.Length >= 2048 / 6);
        }
    }

    [Fact]
    public async Task The_key_set_may_be_fetched_again_at_any_time()
    {
        using var response = await SendAsync(new(HttpMethod.Get, "/.well-known/jwks"));

        // An API server refetches for an unknown key only when what it holds is about to expire.
        Assert.Null(response.Headers.CacheControl?.MaxAge);
    }

    [Theory]
    [InlineData("kubernetes", "RS256")]
    [InlineData("kubernetes-es", "ES256")]
    public async Task An_id_token_is_signed_with_a_published_key_of_the_clients_algorithm(string clientId, string algorithm)
    {
        using var client = Issuer.CreateClient(clientId);
        var login = await LogInAsync(client);

        var key = (await client.GetJsonAsync(".well-known/jwks", Ct)).GetProperty("keys").EnumerateArray()
            .Single(key => key.GetProperty("kid").GetString() == login.Tokens.Header.GetProperty("kid").GetString());
        var result = await new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler().ValidateTokenAsync(login.Tokens.IdToken, new()
        {
            IssuerSigningKey = new Microsoft.IdentityModel.Tokens.JsonWebKey(key.GetRawText()), ValidIssuer = "https://idp.example.test",
                ValidAudience = clientId,
        });

        Assert.Null(result.Exception);
        Assert.Equal(algorithm, login.Tokens.Header.GetProperty("alg").GetString());
        Assert.Equal("JWT", login.Tokens.Header.GetProperty("typ").GetString());
    }
}
