using KubeIdP.Cli.Doctor.Checks;
using KubeIdP.Cli.Doctor.Facts;
using KubeIdP.Cli.Doctor.Kubeconfigs;
using Xunit;

namespace KubeIdP.Cli.Tests.Doctor;

/// <summary>What each check decides from what was found out.</summary>
public sealed class ChecklistTests
{
    private static readonly Evidence Right = EvidenceOf.ARightCluster();

    private static readonly ReviewFacts Unauthorized = new(401, "Unauthorized", null, []);

    private static readonly Dictionary<string, (Evidence Evidence, int Number, FindingStatus Status, string Words)> Cases = new()
    {
        ["unknown name"] = (Issuer(one => one with { Host = new NameFacts("idp.example.com", [], "No such name."), Answer = null }),
            1, FindingStatus.Wrong, "getent hosts idp.example.com"),
        ["certificate for another name"] = (Server(one => Refused(one, EvidenceOf.Certificate(false, true, matchesName: false))),
            2, FindingStatus.Wrong, "another name than api.example.com"),
        ["expired certificate"] = (Issuer(one => Refused(one,
            EvidenceOf.Certificate(false, false) with { To = EvidenceOf.Now.AddDays(-1) })), 2, FindingStatus.Wrong, "must renew"),
        ["authority of the machine is replaced"] = (Server(one => Refused(one, EvidenceOf.Certificate(true, false))),
            2, FindingStatus.Wrong, "Remove the certificate authority"),
        ["no authority is named"] = (Issuer(one => Refused(one, EvidenceOf.Certificate(false, null))),
            2, FindingStatus.Wrong, "no other one is named"),
        ["authority is unreadable"] = (Issuer(one => one with { AuthorityFault = "It is not base64.", Answer = null, Certificate = null }),
            2, FindingStatus.Wrong, "not base64"),
        ["certificate is not checked"] = (Server(one => one with { Rule = TrustRule.Anything }), 2, FindingStatus.Warning, "not checked"),
        ["no TLS"] = (Server(one => one with { Url = new Uri("http://localhost:8080"), Certificate = null }) with { Review = null },
            2, FindingStatus.Wrong, "without TLS"),
        ["nobody listens"] = (Server(one => one with { Answer = null, Certificate = null, Fault = "nothing listens there." }),
            2, FindingStatus.Wrong, "nothing listens there"),
        ["slash"] = (Discovery($"{EvidenceOf.Issuer}/"), 3, FindingStatus.Wrong, "slash at the end"),
        ["upper case"] = (Discovery("https://IDP.example.com"), 3, FindingStatus.Wrong, "upper and lower case"),
        ["other path"] = (Discovery($"{EvidenceOf.Issuer}/realm"), 3, FindingStatus.Wrong, "by the path"),
        ["no discovery document"] = (Issuer(one => one with { Answer = one.Answer! with { Status = 404, Body = "" } }),
            3, FindingStatus.Wrong, "no issuer at"),
        ["sign-in page of a network"] = (Issuer(one => one with { Answer = one.Answer! with { Body = "<html>" } }), 3, FindingStatus.Wrong,
            "sign-in page"),
        ["token of another issuer"] = (Right with { Token = EvidenceOf.Token(issuer: "http://idp.example.com") }, 3, FindingStatus.Wrong,
            "scheme"),
        ["--issuer differs"] = (Right with { Subject = Right.Subject with { ExpectedIssuer = $"{EvidenceOf.Issuer}/" } }, 3,
            FindingStatus.Wrong, "slash"),
        ["clock is 4 s behind"] = (IssuerClock(4.2), 4, FindingStatus.Ok, "agree"),
        ["clock is 6 s behind"] = (IssuerClock(6.2), 4, FindingStatus.Warning, "6 s behind the clock of the issuer"),
        ["clock is 10 s ahead"] = (IssuerClock(-11), 4, FindingStatus.Warning, "10 s ahead of"),
        ["clock is 25 s behind"] = (IssuerClock(25.2), 4, FindingStatus.Wrong, "25 s behind"),
        ["slow answer explains the difference"] = (IssuerClock(6, roundTrip: 7), 4, FindingStatus.Ok, "agree"),
        ["issuer's clock differs"] = (IssuerClock(30), 4, FindingStatus.Wrong, "NTP on the machine of the issuer"),
        ["this machine's clock differs"] = (
            IssuerClock(30) with { ApiServer = Right.ApiServer! with { Answer = EvidenceOf.Answer("{}", secondsAhead: 30) } },
            4, FindingStatus.Wrong, "Set the clock of this machine"),
        ["API server's clock differs"] = (Server(one => one with { Answer = EvidenceOf.Answer("{}", secondsAhead: 300) }), 4,
            FindingStatus.Wrong, "5 min behind the clock of the API server"),
        ["database's clock differs"] = (Right with { Token = EvidenceOf.Token(issuedAhead: 30) }, 4, FindingStatus.Wrong, "database"),
        ["keys are away"] = (Right with { Keys = new KeyFacts("https://keys", "It answered with status 503.", [], null) }, 5,
            FindingStatus.Wrong, "status 503"),
        ["no address of keys"] = (Issuer(one => one with { Answer = EvidenceOf.Answer("""{"issuer":"https://idp.example.com"}""") }),
            5, FindingStatus.Wrong, "jwks_uri"),
        ["key of the token is not published"] = (Right with { Token = EvidenceOf.Token(keyId: "key-9") }, 5, FindingStatus.Wrong, "key-9"),
        ["keys are cached for an hour"] = (Right with { Keys = Right.Keys! with { CacheControl = "public, max-age=3600" } }, 5,
            FindingStatus.Warning, "3600 s"),
        ["token is for another cluster"] = (Right with { Token = EvidenceOf.Token(audience: "staging") },
            6, FindingStatus.Wrong, "for staging"),
        ["API server refuses"] = (Right with { Review = Unauthorized }, 6, FindingStatus.Wrong,
            "issuer.audiences prod"),
        ["API server is broken"] = (Right with { Review = new ReviewFacts(500, "etcd is away", null, []) },
            6, FindingStatus.Wrong, "etcd is away"),
        ["API server is old"] = (Right with { Review = new ReviewFacts(404, null, null, []) }, 6, FindingStatus.Ok, "1.28"),
        ["issuer before the name"] = (Right with { Review = Right.Review! with { Username = $"{EvidenceOf.Issuer}#alice" } }, 7,
            FindingStatus.Warning, "--oidc-username-prefix=-"),
        ["prefix"] = (Right with { Review = Right.Review! with { Username = "corp:alice", Groups = ["corp:platform"] } }, 7,
            FindingStatus.Ok, "alice with the prefix corp:"),
        ["another name"] = (Right with { Review = Right.Review! with { Username = "bob" } }, 7, FindingStatus.Warning, "neither"),
        ["no groups at the API server"] = (Right with { Review = Right.Review! with { Groups = ["system:authenticated"] } }, 7,
            FindingStatus.Warning, "--oidc-groups-claim"),
        ["one group is left out"] = (Right with { Token = EvidenceOf.Token(groups: ["platform", "ops"]) }, 7, FindingStatus.Warning,
            "leaves out 1"),
        ["issuer leaves a group out"] = (Right with { Self = Right.Self! with { Groups = ["platform", "everybody"] } }, 7, FindingStatus.Ok,
            "leaves out for this cluster, or renames: everybody"),
        ["token is large"] = (
            Right with { Token = EvidenceOf.Token(groups: Many(400)), Review = Right.Review! with { Groups = Many(400) } },
            8, FindingStatus.Wrong, "400 groups"),
        ["token does not fit into a keyring"] = (Keyring(isWindows: false), 8, FindingStatus.Warning, "--token-cache-storage=disk"),
        ["token does not fit into that of Windows"] = (Keyring(isWindows: true), 8, FindingStatus.Wrong, "--token-cache-storage=disk"),
        ["plugin is missing"] = (Right with { Plugin = Right.Plugin with { MissingProgram = "kubeidp" } }, 9, FindingStatus.Wrong, "PATH"),
        ["kubelogin is old"] = (Kubelogin("kubelogin version v1.31.1"), 9, FindingStatus.Wrong, "1.31.1"),
        ["kubelogin is new enough"] = (Kubelogin("kubelogin version v1.32.0"), 9, FindingStatus.Ok, "1.32.0"),
        ["kubelogin of a distribution"] = (Kubelogin("kubelogin version 1.36.4-1+deb"), 9, FindingStatus.Ok, "1.36.4"),
        ["kubelogin is silent"] = (Kubelogin(null), 9, FindingStatus.Skipped, "in time"),
        ["Azure's kubelogin"] = (Kubelogin("kubelogin version\ngit hash: v0.2.8/abc\nGo version: go1.25"), 9, FindingStatus.Wrong, "Azure"),
        ["stale token"] = (Right with { Token = EvidenceOf.Token(keyId: "key-9", file: "/cache/a") },
            9, FindingStatus.Wrong, "rm '/cache/a'"),
        ["file of another issuer"] = (Left("https://old.example.com", "prod"), 9, FindingStatus.Warning, "another address of this cluster"),
        ["file of a client that is gone"] = (Left(EvidenceOf.Issuer, "gone"), 9, FindingStatus.Warning, "does not name: gone"),
        ["file of something else"] = (Left("https://other.example.com", "other"), 9, FindingStatus.Ok, "1.36.4"),
        ["kubeconfigs disagree"] = (
            Right with { Subject = Right.Subject with { Disagreements = [new("user", "prod", "/a", "x", "/b", "y")] } },
            9, FindingStatus.Wrong, "/a has x, /b has y"),
        ["two logins"] = (Right with { Plugin = Right.Plugin with { OtherLogins = ["/state/other"] } },
            9, FindingStatus.Warning, "/state/other"),
        ["proxy is away"] = (Issuer(one => one with
        {
            Answer = null, Proxy = new ProxyRoute(new Uri("http://proxy:3128"), "HTTPS_PROXY") { Fault = "nothing listens there." },
        }), 10, FindingStatus.Wrong, "NO_PROXY=idp.example.com"),
        ["proxy answers"] = (Server(one => one with { Proxy = new ProxyRoute(new Uri("http://proxy:3128"), "HTTPS_PROXY") }), 10,
            FindingStatus.Ok, "proxy:3128"),
        ["proxy that only kubeidp knows"] = (Right with { Proxies = new ProxyFacts([("ALL_PROXY", "http://proxy")], ["ALL_PROXY"]) }, 10,
            FindingStatus.Warning, "HTTPS_PROXY instead"),
        ["configuration was rejected"] = (Metrics(
            """apiserver_authentication_config_controller_automatic_reloads_total{status="failure"} 2"""),
            11, FindingStatus.Wrong, "2 times"),
        ["rejected, then corrected"] = (Metrics(
            """apiserver_authentication_config_controller_automatic_reloads_total{status="failure"} 2""",
            """apiserver_authentication_config_controller_automatic_reload_last_timestamp_seconds{status="failure"} 1.7e+09""",
            """apiserver_authentication_config_controller_automatic_reload_last_timestamp_seconds{status="success"} 1.8e+09"""), 11,
            FindingStatus.Ok, "in force"),
        ["API server can't fetch keys"] = (Metrics(
            "apiserver_authentication_jwt_authenticator_jwks_fetch_last_timestamp_seconds"
            + $$"""{jwt_issuer_hash="{{MetricsFacts.HashOf(EvidenceOf.Issuer)}}",result="failure"} 1.7e+09"""), 11, FindingStatus.Wrong,
            "could not fetch the keys"),
        ["metrics are forbidden"] = (Right, 11, FindingStatus.Skipped, "administrators"),
        ["group of Kubernetes"] = (Right with { Token = EvidenceOf.Token(groups: ["system:masters"]), Review = Unauthorized },
            12, FindingStatus.Wrong, "system:masters"),
        ["user of Kubernetes"] = (Right with { Token = EvidenceOf.Token(username: "system:admin"), Review = Unauthorized },
            12, FindingStatus.Wrong, "system:admin"),
        ["bound of the issuer"] = (Right, 13, FindingStatus.Ok, "within 70 s"),
        ["bound of the token"] = (Right with { Self = null }, 13, FindingStatus.Ok, "70 s: its lifetime and ten seconds"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_check_names_what_it_sees(string name)
    {
        var (evidence, number, status, words) = Cases[name];

        var finding = Checklist.Decide(evidence)[number - 1];

        Assert.Equal((number, status), (finding.Number, finding.Status));
        Assert.Contains(words, $"{finding.What} {finding.Fix}", StringComparison.Ordinal);
        Assert.Equal(status is FindingStatus.Wrong or FindingStatus.Warning, finding.Fix is not null);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_other_check_finds_the_same_fault_again(string name)
    {
        var (evidence, number, _, _) = Cases[name];

        Assert.DoesNotContain(Checklist.Decide(evidence), finding =>
            finding.Number != number && finding.Status is FindingStatus.Wrong or FindingStatus.Warning && finding.Number != number);
    }

    [Fact]
    public void Nothing_is_wrong_with_a_right_cluster() =>
        Assert.All(Checklist.Decide(Right), one => Assert.True(one.Status is FindingStatus.Ok || one.Number == 11, $"{one}"));

    [Theory]
    [InlineData(431, 8)]
    [InlineData(401, 12)]
    public void A_refusal_that_another_check_explains_is_not_judged(int status, int cause)
    {
        var token = cause == 12
            ? EvidenceOf.Token(groups: ["system:masters"])
            : EvidenceOf.Token(groups: Many(400));

        var findings = Checklist.Decide(Right with { Token = token, Review = new ReviewFacts(status, null, null, []) });

        Assert.Equal(FindingStatus.Skipped, findings[5].Status);
        Assert.Contains($"until check {cause} ", findings[5].What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_has_expired_still_shows_its_size_and_groups()
    {
        var findings = Checklist.Decide(Right with { Token = EvidenceOf.Token(file: "/cache/a", issuedAhead: -3600), Review = null });

        Assert.Equal(FindingStatus.Ok, findings[7].Status);
        Assert.Equal(FindingStatus.Ok, findings[11].Status);
        Assert.Equal(FindingStatus.Skipped, findings[5].Status);
        Assert.Contains("Run a kubectl command", findings[5].Fix, StringComparison.Ordinal);
    }

    private static string[] Many(int count) => [.. Enumerable.Range(0, count).Select(number => $"a-group-of-{number}")];

    private static Evidence Issuer(Func<TargetFacts, TargetFacts> change) => Consistent(Right with { Issuer = change(Right.Issuer) });

    private static Evidence Server(Func<TargetFacts, TargetFacts> change) =>
        Consistent(Right with { ApiServer = change(Right.ApiServer!) });

    /// <summary>What could not have been seen then.</summary>
    private static Evidence Consistent(Evidence evidence) => evidence.Issuer.Answer is null
        ? evidence with { Keys = null, Token = TokenFacts.None("the issuer gave none."), Review = null, Metrics = null, Self = null }
        : evidence.ApiServer!.Answer is null ? evidence with { Review = null, Metrics = null }
        : evidence.Document?.JwksUri is null ? evidence with { Keys = null } : evidence;

    private static TargetFacts Refused(TargetFacts target, CertificateFacts certificate) =>
        target with { Certificate = certificate, Answer = null, Fault = "The handshake failed." };

    private static Evidence Discovery(string issuer) =>
        Issuer(one => one with { Answer = EvidenceOf.Answer(EvidenceOf.Discovery(issuer)) });

    private static Evidence IssuerClock(double ahead, double roundTrip = 0.1) => Right with
    {
        Issuer = Right.Issuer with { Answer = EvidenceOf.Answer(EvidenceOf.Discovery(EvidenceOf.Issuer), ahead, roundTrip) },
        Token = EvidenceOf.Token(issuedAhead: ahead, roundTrip: roundTrip),
    };

    private static Evidence Kubelogin(string? version) => Right with
    {
        Subject = Right.Subject with { Plugin = EvidenceOf.Plugin(PluginKind.Kubelogin) },
        Plugin = Right.Plugin with { VersionOutput = version },
    };

    private static Evidence Keyring(bool isWindows) => Kubelogin("kubelogin version v1.36.4") with
    {
        Subject = Right.Subject with { Plugin = EvidenceOf.Plugin(PluginKind.Kubelogin, usesKeyring: true) },
        Token = EvidenceOf.Token(groups: Many(120)),
        Review = Right.Review! with { Groups = Many(120) },
        IsWindows = isWindows,
    };

    private static Evidence Left(string issuer, string audience) => Kubelogin("kubelogin version v1.36.4") with
    {
        Plugin = Right.Plugin with
        {
            VersionOutput = "kubelogin version v1.36.4",
            Cached = [new CachedToken("/cache/b", EvidenceOf.Token(issuer: issuer, audience: audience).Claims!, 1000)],
        },
    };

    private static Evidence Metrics(params string[] lines) =>
        Right with { Metrics = new MetricsFacts(200, [.. lines.Select(line => MetricSeries.Read(line)!)]) };
}
