using System.Buffers.Text;
using System.Text.Json;
using KubeIdP.Cli.Doctor.Facts;
using KubeIdP.Cli.Doctor.Kubeconfigs;

namespace KubeIdP.Cli.Tests.Doctor;

/// <summary>What was found out about a laptop that gets into its cluster, and ways to spoil it.</summary>
internal static class EvidenceOf
{
    public const string Issuer = "https://idp.example.com";

    public static readonly DateTimeOffset Now = new(2026, 12, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Nothing is wrong.</summary>
    public static Evidence ARightCluster() => new()
    {
        Subject = new Subject(Issuer, null, "prod", "prod", Plugin(PluginKind.Kubeidp), []),
        Now = Now,
        Proxies = new ProxyFacts([], []),
        Issuer = Target("the issuer", $"{Issuer}/", Answer(Discovery(Issuer))),
        ApiServer = Target("the API server", "https://api.example.com:6443/", Answer("""{"gitVersion":"v1.35.2"}""")),
        Keys = new KeyFacts($"{Issuer}/.well-known/jwks", null, ["key-1", "key-2"], "no-cache"),
        Token = Token(),
        Review = new ReviewFacts(201, null, "alice", ["platform", "system:authenticated"]),
        Metrics = new MetricsFacts(403, []),
        Plugin = new PluginFacts(null, null, [], [(Issuer, "prod")], []),
        Self = new SelfFacts(TimeSpan.FromSeconds(70), ["platform"]),
    };

    public static PluginCall Plugin(PluginKind kind, bool usesKeyring = false) => new(
        kind, kind is PluginKind.Kubeidp ? "kubeidp" : "kubectl-oidc_login", ["program"], Issuer, "prod", null, null, false, null,
        usesKeyring);

    public static TargetFacts Target(string name, string url, HttpFacts? answer) => new()
    {
        Name = name, Url = new Uri(url), Rule = TrustRule.GivenOnly, AuthorityPlace = "the kubeconfig", Answer = answer,
        Host = new NameFacts(new Uri(url).Host, ["192.0.2.1"], null), Certificate = Certificate(systemTrusts: false, givenTrusts: true),
    };

    public static CertificateFacts Certificate(bool systemTrusts, bool? givenTrusts, bool matchesName = true) =>
        new("CN=Its CA", Now.AddDays(-1), Now.AddDays(30), matchesName, systemTrusts, givenTrusts);

    public static HttpFacts Answer(string body, double secondsAhead = 0, double roundTrip = 0.1) => new(
        200, body, Now.AddSeconds(secondsAhead), "no-cache", Now, TimeSpan.FromSeconds(roundTrip));

    public static string Discovery(string issuer) => $$"""{"issuer":"{{issuer}}","jwks_uri":"{{Issuer}}/.well-known/jwks"}""";

    /// <summary>One that was issued just now.</summary>
    public static TokenFacts Token(
        string issuer = Issuer, string audience = "prod", string keyId = "key-1", string[]? groups = null, string username = "alice",
        string? file = null, double issuedAhead = 0, double roundTrip = 0.1)
    {
        var issued = Now.AddSeconds(issuedAhead).ToUnixTimeSeconds();
        var claims = new
        {
            iss = issuer, aud = audience, sub = "subject", preferred_username = username, groups = groups ?? ["platform"], iat = issued,
            exp = issued + 60,
        };
        var token = $"{Part(new { alg = "ES256", kid = keyId })}.{Part(claims)}.c2ln";
        return file is null ? TokenFacts.Of(token, null, Now, Now.AddSeconds(roundTrip))! : TokenFacts.Of(token, file)!;
    }

    private static string Part(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
