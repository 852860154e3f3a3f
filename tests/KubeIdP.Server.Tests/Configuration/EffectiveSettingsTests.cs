using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Configuration;

public sealed class EffectiveSettingsTests : IDisposable
{
    private static readonly string SecretHash = "sha256:" + new string('A', 43);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_key_says_where_it_comes_from()
    {
        var keys = List(
            "issuer: https://file.example.com\ntokens:\n  idTokenLifetime: 00:02:00\nclusters: { prod: { signingAlgorithm: es256 } }",
            new() { ["KUBEIDP__LISTEN__0"] = "https://*:8443" });

        Assert.Equal(new("issuer", "https://file.example.com", "kubeidp.yaml:1"), keys["issuer"]);
        Assert.Equal(new("tokens.idTokenLifetime", "00:02:00", "kubeidp.yaml:3"), keys["tokens.idTokenLifetime"]);
        Assert.Equal(new("listen[0]", "https://*:8443", "KUBEIDP__LISTEN__0"), keys["listen[0]"]);
        Assert.Equal(new("clusters.prod.signingAlgorithm", "ES256", "kubeidp.yaml:4"), keys["clusters.prod.signingAlgorithm"]);
        Assert.Equal(new("clusters.prod.redirectUris[0]", "http://localhost:8000", "default"), keys["clusters.prod.redirectUris[0]"]);
        Assert.Equal(new("sessions.idleTimeout", null, "default"), keys["sessions.idleTimeout"]);
    }

    [Fact]
    public void Secrets_are_masked_and_the_rest_of_a_connection_string_is_not()
    {
        folder.Write("key", "x");

        var keys = List($$"""
            database: { postgres: "Host=db;Username=kubeidp;Password=hunter2;Ssl Password=hunter3" }
            masterKeyFile: key
            clients: { app: { kind: web, redirectUris: [ "https://a.example.com" ], secretHash: "{{SecretHash}}" } }
            """);

        Assert.Equal("Host=db;Username=kubeidp;Password=(hidden);SSL Password=(hidden)", keys["database.postgres"].Value);
        Assert.Equal("(hidden)", keys["clients.app.secretHash"].Value);
        Assert.DoesNotContain(keys.Values,
            key => key.Value is { } value
                && (value.Contains("hunter", StringComparison.Ordinal) || value.Contains("AAAA", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_fingerprint_is_that_of_the_values_and_not_of_their_sources()
    {
        var file = Fingerprint("issuer: https://a.example.com\nlisten: [ https://*:1 ]");
        var environment = Fingerprint("", new() { ["KUBEIDP__LISTEN__0"] = "https://*:1", ["KUBEIDP__ISSUER"] = "https://a.example.com" });

        Assert.Matches("^[0-9a-f]{16}$", file);
        Assert.Equal(file, environment);
    }

    [Theory]
    [InlineData("issuer: https://a.example.com", "issuer: https://b.example.com")]
    [InlineData("brand: { notice: x }", "brand: { notice: y }")]
    [InlineData("clusters: { a: }", "clusters: { a: , b: }")]
    [InlineData("database: { postgres: Host=db;Password=a }\nmasterKeyFile: key",
        "database: { postgres: Host=db;Password=b }\nmasterKeyFile: key")]
    public void The_fingerprint_changes_with_any_value_secrets_included(string one, string other)
    {
        folder.Write("key", "x");

        Assert.NotEqual(Fingerprint(one), Fingerprint(other));
    }

    [Fact]
    public void The_public_url_takes_precedence_and_the_server_listens_at_its_port()
    {
        var keys = List("issuer: https://file.example.com", new() { ["KUBEIDP__ISSUER"] = "https://env.example.com" },
            "https://192.168.1.10:8443");

        Assert.Equal(new("issuer", "https://192.168.1.10:8443", "--public-url"), keys["issuer"]);
        Assert.Equal(new("listen[0]", "https://*:8443", "--public-url"), keys["listen[0]"]);
    }

    [Theory]
    [InlineData("", "https://localhost:9443", "https://localhost:9443")]
    [InlineData("", "https://127.0.0.1:9443", "https://localhost:9443")]
    [InlineData("", "https://idp.example.com", "https://*:443")]
    [InlineData("listen: [ http://127.0.0.1:8080 ]", "https://idp.example.com", "http://127.0.0.1:8080")]
    public void The_public_url_listens_no_wider_than_it_must(string yaml, string publicUrl, string listen) =>
        Assert.Equal(listen, List(yaml, null, publicUrl)["listen[0]"].Value);

    [Fact]
    public void A_public_url_that_is_none_is_named_as_such()
    {
        folder.Write(SettingsLoader.DefaultFile, "");

        var answer = SettingsLoader.Load(null, folder.Path, [], "kind");

        Assert.Equal("--public-url (issuer)", Assert.Single(Assert.IsType<SettingsAnswer.Unusable>(answer).Faults).Place);
    }

    private Dictionary<string, SettingInForce> List(string yaml, Dictionary<string, string>? environment = null, string? publicUrl = null)
    {
        var usable = Load(yaml, environment, publicUrl);
        return EffectiveSettings.List(usable.Settings, usable.SourceOf).ToDictionary(key => key.Key);
    }

    private string Fingerprint(string yaml, Dictionary<string, string>? environment = null) =>
        EffectiveSettings.Fingerprint(Load(yaml, environment, null).Settings);

    private SettingsAnswer.Usable Load(string yaml, Dictionary<string, string>? environment, string? publicUrl)
    {
        folder.Write(SettingsLoader.DefaultFile, yaml);
        return Assert.IsType<SettingsAnswer.Usable>(SettingsLoader.Load(null, folder.Path, environment ?? [], publicUrl));
    }
}
