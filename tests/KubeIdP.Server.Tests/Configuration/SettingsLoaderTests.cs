using System.Reflection;
using KubeIdP.Connectors;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Configuration;

public sealed class SettingsLoaderTests : IDisposable
{
    private static readonly string SecretHash = "sha256:" + new string('A', 43);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Nothing_configured_is_a_working_issuer_on_this_machine()
    {
        var settings = Usable("");

        Assert.Equal("https://localhost:8443", settings.Issuer);
        Assert.Equal(["https://localhost:8443"], settings.Listen);
        Assert.Equal(folder.File("data"), settings.DataDirectory);
        var (id, client) = Assert.Single(settings.Clusters);
        Assert.Empty(settings.Clients);
        Assert.Equal("kubernetes", id);
        Assert.Equal(["http://localhost:8000", "http://localhost:8000/", "http://127.0.0.1:8000", "http://127.0.0.1:8000/"],
            client.RedirectUris);
    }

    [Fact]
    public void Every_kind_of_key_is_read_from_the_file()
    {
        var settings = Usable($"""
            issuer: https://idp.example.com/sso
            listen: [ "http://127.0.0.1:8080", "https://[::1]:8443" ]
            tokens:
              idTokenLifetime: 00:05:00
            sessions:
              absoluteLifetime: 2.00:00:00
              idleTimeout: 01:00:00
            clusters:
              prod:
            clients:
              app:
                kind: WEB
                name: The app
                secretHash: {SecretHash}
                signingAlgorithm: es256
                consent: true
                redirectUris:
                  - https://app.example.com/callback
            """);

        Assert.Equal("https://idp.example.com/sso", settings.Issuer);
        Assert.Equal(["http://127.0.0.1:8080", "https://[::1]:8443"], settings.Listen);
        Assert.Equal(TimeSpan.FromMinutes(5), settings.Tokens.IdTokenLifetime);
        Assert.Equal(TimeSpan.FromDays(2), settings.Sessions.AbsoluteLifetime);
        Assert.Equal(TimeSpan.FromHours(1), settings.Sessions.IdleTimeout);
        Assert.Equal(["prod"], settings.Clusters.Keys);
        Assert.True(settings.Clients["app"].Consent);
        Assert.Equal((ClientKind.Web, SigningAlgorithm.ES256, "The app"),
            (settings.Clients["app"].Kind, settings.Clients["app"].SigningAlgorithm, settings.Clients["app"].Name));
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_other_variables_do_not_count()
    {
        var settings = Usable("issuer: https://file.example.com\nclusters: { Prod: { } }", new()
        {
            ["KUBEIDP__ISSUER"] = "https://env.example.com",
            ["kubeidp__listen__0"] = "https://*:9443",
            ["KUBEIDP__CLUSTERS__PROD__SIGNINGALGORITHM"] = "ES256",
            ["KUBEIDP__CLUSTERS__other"] = "",
            ["KUBEIDP_PORT"] = "tcp://10.0.0.1:443",
            ["ASPNETCORE_URLS"] = "http://*:80",
            ["ISSUER"] = "https://nobody.example.com",
        });

        Assert.Equal("https://env.example.com", settings.Issuer);
        Assert.Equal(["https://*:9443"], settings.Listen);
        Assert.Equal(["Prod", "other"], settings.Clusters.Keys);
        Assert.Equal(SigningAlgorithm.ES256, settings.Clusters["Prod"].SigningAlgorithm);
    }

    [Fact]
    public void Everything_wrong_is_said_at_once_with_place_and_fix()
    {
        var faults = Faults("""
            isuer: https://idp.example.com
            tokens:
              idTokenLifetime: soon
            sessions: 12
            clients:
              prod:
                kind: server
              app: { kind: native, secretHash: x }
            """, new() { ["KUBEIDP__LISTEN"] = "https://*:1", ["KUBEIDP__DATABASE__POSTGRESS"] = "x" });

        Assert.Collection(faults.OrderBy(fault => fault.Place, StringComparer.Ordinal),
            fault => Assert.Equal(("KUBEIDP__DATABASE__POSTGRESS", "Did you mean \"postgres\"?"), (fault.Place, fault.Fix)),
            fault => Assert.Equal("KUBEIDP__LISTEN", fault.Place),
            fault => Assert.Equal(("kubeidp.yaml:1", "Did you mean \"issuer\"?"), (fault.Place, fault.Fix)),
            fault => Assert.Equal("kubeidp.yaml:3", fault.Place),
            fault => Assert.Equal("kubeidp.yaml:4", fault.Place),
            fault => Assert.Equal(
                ("kubeidp.yaml:7",
                    "Choose one of: web, spa, native, admin, service. A Kubernetes cluster is an entry of clusters, without a kind."),
                (fault.Place, fault.Fix)),
            fault => Assert.Equal("kubeidp.yaml:8 (clients.app.secretHash)", fault.Place));
    }

    [Fact]
    public void Faults_are_printed_with_place_problem_and_fix()
    {
        var writer = new StringWriter();

        Faults("isuer: https://idp.example.com").Print(writer);

        Assert.Contains("not valid: 1 error.", writer.ToString(), StringComparison.Ordinal);
        Assert.Contains("kubeidp.yaml:1\n  There is no key \"isuer\" here.\n  → Did you mean \"issuer\"?",
            writer.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("issuer: https://a.example\nissuer: https://b.example", "kubeidp.yaml:2")]
    [InlineData("issuer: https://a.example\nIssuer: https://b.example", "kubeidp.yaml:2")]
    [InlineData("issuer: https://a.example\nlisten: [ \"x", "kubeidp.yaml:2")]
    [InlineData("issuer: *a", "kubeidp.yaml:1")]
    [InlineData("issuer:", "kubeidp.yaml:1")]
    [InlineData("issuer: [ a ]", "kubeidp.yaml:1")]
    [InlineData("listen: https://localhost:1", "kubeidp.yaml:1")]
    [InlineData("- issuer", "kubeidp.yaml:1")]
    [InlineData("issuer: https://a.example\n---\nissuer: https://b.example", "kubeidp.yaml:2")]
    [InlineData("tokens:\n  idTokenLifetime: 60", "kubeidp.yaml:2")]
    [InlineData("clients:\n  a:\n    kind: 1", "kubeidp.yaml:3")]
    public void A_file_that_says_nothing_usable_names_the_line(string yaml, string place)
    {
        var fault = Assert.Single(Faults(yaml));

        Assert.Equal(place, fault.Place);
    }

    [Fact]
    public void Aliases_and_deep_nesting_do_not_unfold()
    {
        var laughs = "a: &a [x,x]\nb: &b [*a,*a]\nissuer: *b";

        Assert.All(Faults(laughs), fault => Assert.StartsWith("kubeidp.yaml:", fault.Place, StringComparison.Ordinal));
        Assert.Contains(Faults(new string('[', 100_000)), fault => fault.What.Contains("nested", StringComparison.Ordinal));
        Assert.Contains(Faults("issuer: " + new string('[', 100_000)), fault => fault.What.Contains("nested", StringComparison.Ordinal));
    }

    [Fact]
    public void Relative_paths_start_at_the_file_or_where_somebody_typed_them()
    {
        var (etc, here) = (Directory.CreateDirectory(folder.File("etc")).FullName, Directory.CreateDirectory(folder.File("here")).FullName);
        foreach (var file in (string[])["etc/master.key", "etc/keys.pem", "etc/bind", "etc/ca.pem", "here/mail"]) folder.Write(file, "");
        folder.Write("etc/kubeidp.yaml", """
            masterKeyFile: master.key
            audit: { jsonLines: audit.jsonl }
            database: { postgres: "Host=db;Root Certificate=ca.pem;Application Name='a;b'", passwordFile: ../here/db }
            smtp: { server: "smtp://localhost", from: a@example.com, username: a }
            """);
        folder.Write("here/db", "");

        foreach (var named in (string[])["../etc/kubeidp.yaml", folder.File("etc/kubeidp.yaml")])
        {
            var answer = SettingsLoader.Load(named, here,
                new Dictionary<string, string> { ["KUBEIDP__SMTP__PASSWORDFILE"] = "mail",
                    ["kubeidp__DATABASE__postgres"] = "Host=db;SSL Key=key.pem" });
            var other = SettingsLoader.Load(named, here,
                new Dictionary<string, string> { ["KUBEIDP__DATADIRECTORY"] = "state", ["KUBEIDP__AUDIT__JSONLINES"] = "stdout",
                    ["KUBEIDP__SMTP__PASSWORDFILE"] = "mail" });

            var settings = Assert.IsType<SettingsAnswer.Usable>(answer).Settings;
            Assert.Equal(
                (Path.Combine(etc, "data"), Path.Combine(etc, "master.key"), Path.Combine(etc, "audit.jsonl"), Path.Combine(here, "db"),
                    Path.Combine(here, "mail")),
                (settings.DataDirectory, settings.MasterKeyFile, settings.Audit.JsonLines, settings.Database.PasswordFile,
                    settings.Smtp.PasswordFile));
            Assert.Contains(Path.Combine(here, "key.pem"), settings.Database.Postgres, StringComparison.Ordinal);
            var changed = Assert.IsType<SettingsAnswer.Usable>(other).Settings;
            Assert.Equal((Path.Combine(here, "state"), "stdout"), (changed.DataDirectory, changed.Audit.JsonLines));
            Assert.Contains(Path.Combine(etc, "ca.pem"), changed.Database.Postgres, StringComparison.Ordinal);
        }
    }

    // A mounted ConfigMap is a link; what lies beside it is meant, not what lies beside what it leads to.
    [Fact]
    public void A_file_that_is_a_link_is_where_the_link_is()
    {
        Directory.CreateDirectory(folder.File("etc"));
        Directory.CreateDirectory(folder.File("mounted"));
        folder.Write("mounted/kubeidp.yaml", "dataDirectory: state");
        File.CreateSymbolicLink(folder.File("etc/kubeidp.yaml"), folder.File("mounted/kubeidp.yaml"));

        var answer = SettingsLoader.Load(folder.File("etc/kubeidp.yaml"), folder.Path, []);

        Assert.Equal(folder.File("etc/state"), Assert.IsType<SettingsAnswer.Usable>(answer).Settings.DataDirectory);
    }

    [Fact]
    public void A_named_file_must_exist()
    {
        var answer = SettingsLoader.Load("other.yaml", folder.Path, []);

        Assert.Equal("other.yaml", Assert.Single(Assert.IsType<SettingsAnswer.Unusable>(answer).Faults).Place);
    }

    [Fact]
    public void The_same_variable_in_two_spellings_is_refused()
    {
        var fault = Assert.Single(
            Faults("", new() { ["KUBEIDP__ISSUER"] = "https://a.example", ["KUBEIDP__issuer"] = "https://b.example" }));

        Assert.Equal("KUBEIDP__issuer", fault.Place);
    }

    [Fact]
    public void A_gap_in_a_list_from_the_environment_is_refused()
    {
        var fault = Assert.Single(Faults("", new() { ["KUBEIDP__LISTEN__0"] = "https://*:1", ["KUBEIDP__LISTEN__2"] = "https://*:2" }));

        Assert.Equal("KUBEIDP__LISTEN__2", fault.Place);
    }

    [Theory]
    [InlineData("https://localhost:8443")]
    [InlineData("https://idp.example.com")]
    [InlineData("https://idp.example.com/a/b-c")]
    [InlineData("https://[::1]:8443")]
    [InlineData("https://xn--bcher-kva.example")]
    public void An_issuer_in_its_normal_form_comes_out_byte_for_byte(string issuer) =>
        Assert.Equal(issuer, Usable($"issuer: {issuer}").Issuer);

    [Theory]
    [InlineData("idp.example.com")]
    [InlineData("http://idp.example.com")]
    [InlineData("https://user@idp.example.com")]
    [InlineData("https://@idp.example.com")]
    [InlineData("https://idp.example.com?a=b")]
    [InlineData("https://idp.example.com#")]
    [InlineData("https://idp.example.com/")]
    [InlineData("https://idp.example.com/a/")]
    [InlineData("https://idp.example.com//a")]
    [InlineData("https://idp.example.com/a/../b")]
    [InlineData("https://idp.example.com/./b")]
    [InlineData("https://idp.example.com/%61")]
    [InlineData("https://idp.example.com\\a")]
    [InlineData("https://IDP.example.com")]
    [InlineData("HTTPS://idp.example.com")]
    [InlineData("https://idp.example.com:443")]
    [InlineData("https://idp.example.com:08443")]
    [InlineData("https://bücher.example")]
    [InlineData("https://127.1")]
    [InlineData(" https://idp.example.com")]
    public void An_issuer_that_others_would_spell_differently_is_refused(string issuer) =>
        Assert.All(Faults("", new() { ["KUBEIDP__ISSUER"] = issuer }), fault => Assert.Equal("KUBEIDP__ISSUER (issuer)", fault.Place));

    [Theory]
    [InlineData("https://localhost")]
    [InlineData("https://localhost:8443/")]
    [InlineData("https://localhost:0")]
    [InlineData("https://localhost:65536")]
    [InlineData("https://idp.example.com:8443")]
    [InlineData("tcp://localhost:8443")]
    [InlineData("https://999.1.1.1:1")]
    public void An_address_that_can_not_be_bound_is_refused(string url) =>
        Assert.Single(Faults("", new() { ["KUBEIDP__LISTEN__0"] = url }));

    // The second of two could never be bound, and the start would blame another program.
    [Theory]
    [InlineData("https://*:8443", "https://127.0.0.1:8443")]
    [InlineData("https://[2001:db8::7]:8443", "https://*:8443")]
    [InlineData("https://*:8443", "https://localhost:8443")]
    [InlineData("https://[::]:8443", "https://0.0.0.0:8443")]
    [InlineData("https://localhost:8443", "https://[::1]:8443")]
    [InlineData("https://0.0.0.0:8443", "https://[::ffff:192.0.2.7]:8443")]
    [InlineData("https://127.0.0.1:8443", "http://127.000.000.001:8443")]
    public void Addresses_of_which_one_takes_the_other_are_refused(string first, string second) =>
        Assert.Equal("KUBEIDP__LISTEN__1 (listen[1])",
            Assert.Single(Faults("", new() { ["KUBEIDP__LISTEN__0"] = first, ["KUBEIDP__LISTEN__1"] = second })).Place);

    [Theory]
    [InlineData("https://127.0.0.1:8443", "https://[::1]:8443")]
    [InlineData("https://0.0.0.0:8443", "https://[::1]:8443")]
    [InlineData("https://*:8443", "http://127.0.0.1:8080")]
    [InlineData("https://127.0.0.1:8443", "https://127.0.0.2:8443")]
    public void Addresses_beside_each_other_are_taken(string first, string second) =>
        Assert.Equal([first, second], Usable($"listen: [ \"{first}\", \"{second}\" ]").Listen);

    // A folder by the name of ~ would be another database.
    [Theory]
    [InlineData("dataDirectory", "~/state")]
    [InlineData("masterKeyFile", "~")]
    [InlineData("audit__jsonLines", "~/audit.jsonl")]
    public void A_path_that_only_a_shell_would_expand_is_refused(string key, string value)
    {
        var parts = key.Split("__");
        var quoted = $"\"{value}\"";

        var inFile = Assert.Single(Faults(parts is [var room, var name] ? $"{room}: {{ {name}: {quoted} }}" : $"{key}: {quoted}"));
        var inEnvironment = Assert.Single(Faults("", new() { [$"KUBEIDP__{key}"] = value }));

        Assert.All((SettingsFault[])[inFile, inEnvironment], fault => Assert.Contains("~", fault.What, StringComparison.Ordinal));
    }

    [Fact]
    public void The_default_address_has_the_port_of_the_issuer() =>
        Assert.Equal(["https://localhost:443"], Usable("issuer: https://idp.example.com").Listen);

    [Theory]
    [InlineData("KUBEIDP__TOKENS__IDTOKENLIFETIME", "00:00:09")]
    [InlineData("KUBEIDP__TOKENS__IDTOKENLIFETIME", "00:15:01")]
    [InlineData("KUBEIDP__TOKENS__IDTOKENLIFETIME", "-00:01:00")]
    [InlineData("KUBEIDP__SESSIONS__ABSOLUTELIFETIME", "00:04:59")]
    [InlineData("KUBEIDP__SESSIONS__ABSOLUTELIFETIME", "30.00:00:01")]
    [InlineData("KUBEIDP__SESSIONS__IDLETIMEOUT", "00:04:59")]
    [InlineData("KUBEIDP__SESSIONS__IDLETIMEOUT", "12:00:00")]
    public void A_time_out_of_its_bounds_is_refused(string name, string value) => Assert.Single(Faults("", new() { [name] = value }));

    [Theory]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:1/x/y")]
    [InlineData("http://127.0.0.1:8000")]
    [InlineData("http://[::1]:8000/")]
    [InlineData("http://localhost:65535/cb?x=%7bz%7D")]
    public void A_cluster_may_redirect_to_loopback(string uri) =>
        Assert.Equal([uri], Usable("", Cluster(uri)).Clusters["prod"].RedirectUris);

    [Theory]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("*")]
    [InlineData("https://a.example.com*")]
    [InlineData("http://localhost:*")]
    [InlineData("http://a.example.com")]
    [InlineData("https://a.example.com")]
    [InlineData("https://localhost:8000")]
    [InlineData("http://localhost.example.com")]
    [InlineData("http://localhost@a.example.com")]
    [InlineData("http://localhost:8000@a.example.com/")]
    [InlineData("http://a.example.com\\@localhost")]
    [InlineData("http://localhost:8000#x")]
    [InlineData("http://LOCALHOST:8000")]
    [InlineData("http://127.1")]
    [InlineData("http://[::1].example.com")]
    [InlineData("http:///localhost")]
    [InlineData("myapp://callback")]
    [InlineData("//localhost:8000")]
    [InlineData("http://localhost:8000 http://a.example.com")]
    [InlineData("http://localhost:0/cb")]
    [InlineData("http://localhost:65536/cb")]
    [InlineData("http://localhost:/cb")]
    [InlineData("http://127.0.0.1:80:80/cb")]
    public void A_cluster_may_redirect_to_nothing_else(string uri)
    {
        Assert.Single(Faults("", Cluster(uri)));
        Assert.Single(Faults("", new() { ["KUBEIDP__CLUSTERS__prod__POSTLOGOUTREDIRECTURIS__0"] = uri }));
    }

    [Theory]
    [InlineData("http://a.example.com")]
    [InlineData("https://a.example.com*")]
    [InlineData("https://user@a.example.com")]
    [InlineData("https://a.example.com/#x")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://a.example.com:0/cb")]
    [InlineData("https://a.example.com:/cb")]
    [InlineData("https://a..example.com/cb")]
    [InlineData("https://a%2eexample.com/cb")]
    [InlineData("https://a;b.example.com/cb")]
    [InlineData("https://a,b.example.com/cb")]
    [InlineData("https://[::1/cb")]
    [InlineData("https://a.example.com/{id}/cb")]
    [InlineData("https://a.example.com/cb?a=\"b\"")]
    [InlineData("https://a.example.com/<cb>")]
    [InlineData("https://a.example.com/cb|d^e`f")]
    [InlineData("https://a.example.com/%zz/cb")]
    [InlineData("https://a.example.com/cb%")]
    [InlineData("https://a.example.com/cb?a=%4")]
    [InlineData("https://[fe80::1%25eth0]/cb")]
    [InlineData("https:///cb")]
    [InlineData("https://a.example.com/cb?=")]
    [InlineData("https://a.example.com/cb?a=b&==")]
    [InlineData("https://a.example.com?a;=&b")]
    public void A_web_client_may_redirect_to_https_and_loopback_alone(string uri)
    {
        Assert.Single(Faults("", Web(uri, SecretHash)));
        Assert.Equal(["http://localhost:3000/cb"], Usable("", Web("http://localhost:3000/cb", SecretHash)).Clients["app"].RedirectUris);
    }

    // The answer brings its own, and a client that finds two takes the wrong one or none.
    [Theory]
    [InlineData("https://a.example.com/cb?iss=x", "iss")]
    [InlineData("https://a.example.com/cb?a=b&ISS=", "ISS")]
    [InlineData("https://a.example.com/cb?%69ss=x", "iss")]
    [InlineData("https://a.example.com/cb?iss", "iss")]
    [InlineData("https://a.example.com/cb?a=b&code=x", "code")]
    [InlineData("https://a.example.com/cb?state=x", "state")]
    [InlineData("https://a.example.com/cb?error", "error")]
    public void An_address_with_a_parameter_of_the_answer_is_refused(string uri, string parameter) =>
        Assert.Contains($"a parameter {parameter},", Assert.Single(Faults("", Web(uri, SecretHash))).What, StringComparison.Ordinal);

    [Fact]
    public void An_address_of_any_length_is_not_taken()
    {
        var longest = $"https://a.example.com/{new string('x', 1_000 - "https://a.example.com/".Length)}";

        Assert.Equal([longest], Usable("", Web(longest, SecretHash)).Clients["app"].RedirectUris);
        Assert.Single(Faults("", Web($"{longest}x", SecretHash)));
    }

    [Fact]
    public void A_web_client_needs_a_redirect_and_a_secret()
    {
        var faults = Faults("clients: { app: { kind: web } }");

        Assert.Equal(["kubeidp.yaml:1 (clients.app.redirectUris)", "kubeidp.yaml:1 (clients.app.secretHash)"],
            faults.Select(fault => fault.Place));
    }

    [Fact]
    public void A_program_asks_for_no_consent_and_others_by_true_or_false()
    {
        var program = Assert.Single(Faults("clients: { app: { kind: native, consent: true } }"));
        var word = Assert.Single(Faults("clients: { app: { kind: native, consent: yes } }"));

        Assert.Equal("kubeidp.yaml:1 (clients.app.consent)", program.Place);
        Assert.Contains("true or false", word.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("sha256:AAAA")]
    [InlineData("sha256:++++++++++++++++++++++++++++++++++++++++++A")]
    public void A_secret_that_is_no_hash_is_refused_and_not_repeated(string hash)
    {
        var fault = Assert.Single(Faults("", Web("https://a.example.com", hash)));

        Assert.DoesNotContain(hash, fault.What + fault.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("has space")]
    [InlineData("tab\\there")]
    [InlineData("bücher")]
    [InlineData("")]
    public void A_client_id_with_other_signs_is_refused(string id) => Assert.Single(Faults($"clients: {{ \"{id}\": {{ kind: native }} }}"));

    [Fact]
    public void A_client_id_has_at_most_100_characters_and_a_case_of_its_own()
    {
        Usable($"clients: {{ {new string('a', 100)}: {{ kind: native }} }}");

        Assert.Single(Faults($"clients: {{ {new string('a', 101)}: {{ kind: native }} }}"));
        Assert.Single(Faults("clients: { prod: { kind: native }, Prod: { kind: native } }"));
        Assert.Single(Faults("clusters: { prod: }\nclients: { Prod: { kind: native } }"));
    }

    [Fact]
    public void PostgreSQL_needs_a_master_key_file_that_can_be_read()
    {
        Assert.Equal("masterKeyFile (not set)", Assert.Single(Faults("database: { postgres: Host=db }")).Place);
        Assert.Equal("kubeidp.yaml:2 (masterKeyFile)",
            Assert.Single(Faults("database: { postgres: Host=db }\nmasterKeyFile: absent")).Place);

        folder.Write("key", "x");
        Assert.Equal(folder.File("key"), Usable("database: { postgres: Host=db }\nmasterKeyFile: key").MasterKeyFile);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Host=db;Pasword=hunter2")]
    [InlineData("Host=db;Port=hunter2")]
    [InlineData("postgres://kubeidp:hunter2@db/kubeidp")]
    [InlineData("Database=kubeidp")]
    public void A_connection_string_that_can_not_be_read_is_refused_and_not_repeated(string connection)
    {
        folder.Write("key", "x");

        var fault = Assert.Single(Faults("masterKeyFile: key", new() { ["KUBEIDP__DATABASE__POSTGRES"] = connection }));

        Assert.Equal("KUBEIDP__DATABASE__POSTGRES (database.postgres)", fault.Place);
        Assert.DoesNotContain("hunter2", fault.What + fault.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("standby")]
    [InlineData("prefer-standby")]
    [InlineData("read-only")]
    public void A_standby_is_refused_as_the_database(string target)
    {
        folder.Write("key", "x");

        var fault = Assert.Single(
            Faults("masterKeyFile: key", new() { ["KUBEIDP__DATABASE__POSTGRES"] = $"Host=a,b;Target Session Attributes={target}" }));

        Assert.Equal("KUBEIDP__DATABASE__POSTGRES (database.postgres)", fault.Place);
        Assert.Contains("accepts no changes", fault.What, StringComparison.Ordinal);
    }

    // Two quotes are the root of a directory; everything else that is empty is an option that nobody filled.
    [Fact]
    public void The_root_of_a_directory_is_written_as_two_quotes()
    {
        var environment = new Dictionary<string, string> { ["KUBEIDP__UPSTREAMS__forest__USERS__BASE"] = "" };

        Assert.Equal("", Assert.IsType<LdapOptions>(Usable(Forest("\"\"")).Upstreams["forest"]).Users.Base);
        Assert.Contains(Faults(Forest("")), fault => fault.What == "\"upstreams.forest.users.base\" is empty.");
        Assert.Contains(Faults(Forest("\"\""), environment), fault => fault.What == "\"upstreams.forest.users.base\" is empty.");
        Assert.Contains(Faults("issuer: \"\""), fault => fault.What == "\"issuer\" is empty.");

        static string Forest(string root) => $"""
            upstreams:
              forest:
                kind: activeDirectory
                servers: [ldaps://gc.corp.example:3269]
                bindDn: kubeidp@corp.example
                bindPassword: secret
                users:
                  base: {root}
                  names: [userPrincipalName]
            """;
    }

    // Of an unknown kind nobody knows which keys it has: that it is unknown is the only fault.
    [Theory]
    [InlineData("kind: oidc", "kubeidp.yaml:3", "\"oidc\" is not a value of \"upstreams.corp.kind\".",
        "Choose one of: ldap, activeDirectory.")]
    [InlineData("kind: 1", "kubeidp.yaml:3", "\"1\" is not a value of \"upstreams.corp.kind\".", "Choose one of: ldap, activeDirectory.")]
    [InlineData("kind:", "kubeidp.yaml:2", "\"upstreams.corp\" has no kind.",
        "Write \"kind:\" below it, with one of: ldap, activeDirectory.")]
    [InlineData("clientId: kubeidp", "kubeidp.yaml:2", "\"upstreams.corp\" has no kind.",
        "Write \"kind:\" below it, with one of: ldap, activeDirectory.")]
    public void An_upstream_of_an_unknown_kind_is_refused_with_the_kinds_that_there_are(string kind, string place, string what,
        string fix) =>
        Assert.Equal(new SettingsFault(place, what, fix),
            Assert.Single(Faults($"upstreams:\n  corp:\n    {kind}\n    issuer: https://login.example.com")));

    [Fact]
    public void The_kind_of_an_upstream_decides_which_keys_it_has()
    {
        var variables = new Dictionary<string, string> { ["KUBEIDP__UPSTREAMS__CORP__KIND"] = "activedirectory" };
        var corp = "upstreams: { corp: { servers: [ldaps://dc1.corp.example], bindDn: kubeidp@corp.example, bindPassword: secret, users: "
            + "{ base: \"dc=corp,dc=example\" } } }";

        var options = Assert.IsType<LdapOptions>(Assert.IsType<SettingsAnswer.Usable>(Load(corp, variables)).Settings.Upstreams["corp"]);

        Assert.Equal(UpstreamKind.ActiveDirectory, options.Kind);
        Assert.Equal("kubeidp.yaml:1",
            Assert.Single(Faults("upstreams: { corp: { kind: ldap, url: ldaps://dc1.corp.example } }"),
                fault => fault.What.Contains("There is no key \"url\" here.", StringComparison.Ordinal)).Place);
        Assert.Equal("kubeidp.yaml:1 (upstreams.corp.servers)",
            Assert.Single(
                Faults("upstreams: { corp: { kind: ldap, bindDn: \"cn=a\", bindPassword: secret, users: { base: \"dc=a\" } } }")).Place);
    }

    [Fact]
    public void A_password_file_alone_is_a_contradiction()
    {
        folder.Write("password", "x");

        Assert.Equal("kubeidp.yaml:1 (database.passwordFile)", Assert.Single(Faults("database: { passwordFile: password }")).Place);
    }

    [Fact]
    public void Certificate_and_key_need_each_other()
    {
        folder.Write("file", "x");

        Assert.Equal("kubeidp.yaml:1 (tls.keyFile)", Assert.Single(Faults("tls: { certificateFile: file }")).Place);
        Assert.Equal("kubeidp.yaml:1 (tls.certificateFile)", Assert.Single(Faults("tls: { keyFile: file }")).Place);
        Assert.Equal(2, Faults("tls: { keyFile: absent, certificateFile: absent }").Count);
        Assert.Equal("kubeidp.yaml:1 (tls.certificateFile)", Assert.Single(Faults("tls: { keyFile: file, certificateFile: file }")).Place);
    }

    // A template whose values are missing leaves such a section. Where one turns something on, it must say for whom.
    [Theory]
    [InlineData("deviceCode:")]
    [InlineData("deviceCode: ~")]
    [InlineData("deviceCode: {}")]
    [InlineData("deviceCode: { everybody: false }")]
    [InlineData("deviceCode: { groups: [] }")]
    public void A_device_code_that_is_not_said_for_whom_is_refused_with_what_to_write(string section)
    {
        foreach (var (yaml, key) in ((string, string)[])[($"clusters: {{ lab: {{ {section} }} }}", "clusters.lab.deviceCode"),
            ($"cli: {{ {section} }}", "cli.deviceCode")])
        {
            var fault = Assert.Single(Faults(yaml), fault => fault.Place == $"kubeidp.yaml:1 ({key})");
            Assert.Equal("Set everybody: true for everybody who may get tokens, list one or more groups below groups, or remove "
                + "deviceCode.", fault.Fix);
        }

        Assert.Equal("KUBEIDP__CLUSTERS__LAB__DEVICECODE (clusters.LAB.deviceCode)",
            Assert.Single(Faults("", new() { ["KUBEIDP__CLUSTERS__LAB__DEVICECODE"] = "" })).Place);
    }

    [Fact]
    public void A_device_code_is_for_everybody_or_for_groups()
    {
        var clusters = Usable("clusters: { lab: { deviceCode: { everybody: true } }, prod: { deviceCode: { groups: [local:a] } }, off: }")
            .Clusters;

        Assert.True(clusters["lab"].DeviceCode is { Everybody: true, Groups: [] });
        Assert.True(clusters["prod"].DeviceCode is { Everybody: false, Groups: ["local:a"] });
        Assert.Null(clusters["off"].DeviceCode);
        Assert.Equal("kubeidp.yaml:1 (clusters.lab.deviceCode.groups)",
            Assert.Single(Faults("clusters: { lab: { deviceCode: { everybody: true, groups: [local:a] } } }")).Place);
    }

    /// <summary>Every section that means something by being there, and every list, each with its path and the kind of its entry.</summary>
    public static TheoryData<string, string> Optional => [.. Paths(typeof(Settings), "").Where(path => path.IsOptional)
        .Select(path => (path.Key, path.Kind))];

    /// <inheritdoc cref="Optional"/>
    public static TheoryData<string, string> Lists => [.. Paths(typeof(Settings), "").Where(path => path.IsList)
        .Select(path => (path.Key, path.Kind))];

    [Theory]
    [MemberData(nameof(Optional))]
    public void No_section_turns_something_on_by_being_there_alone(string key, string kind)
    {
        foreach (var nothing in (string[])["", "{}", "~"])
            Assert.Contains(Faults(At(key, kind, nothing)), fault => fault.Place == $"kubeidp.yaml:1 ({key})");
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void No_list_is_taken_for_its_default_when_it_is_empty(string key, string kind)
    {
        foreach (var nothing in (string[])["", "[]", "~", "{}"])
            Assert.Contains(Faults(At(key, kind, nothing)), fault => fault.What == $"\"{key}\" is empty.");
    }

    private static string At(string key, string kind, string value) =>
        key.Split('.').Reverse().Aggregate(value, (inner, name) => $"{{ {name}: {inner} }}")
            .Replace("x: {", kind == "" ? "x: {" : $"x: {{ kind: {kind},", StringComparison.Ordinal);

    private static IEnumerable<(string Key, string Kind, bool IsOptional, bool IsList)> Paths(Type type, string around, string kind = "")
    {
        foreach (var property in SettingsBinder.KeysOf(type))
        {
            var (key, of) = (SettingsBinder.Join(around, property), property.PropertyType);
            if (SettingsBinder.ElementOfList(of) is not null)
            {
                yield return (key, kind, IsOptional: false, IsList: true);
                continue;
            }

            var records = KindAttribute.Of(property) is [_, ..] kinds
                ? kinds.Select(one => (Options: one.Options, Key: $"{key}.x", Kind: SettingsBinder.Spelling($"{one.Kind}")))
                : [(SettingsBinder.ElementOfMap(of) ?? of, SettingsBinder.ElementOfMap(of) is null ? key : $"{key}.x", kind)];
            foreach (var (options, name, its) in records)
            {
                if (SettingsBinder.IsScalar(Nullable.GetUnderlyingType(options) ?? options)) continue;
                if (name == key && new NullabilityInfoContext().Create(property).WriteState is NullabilityState.Nullable)
                    yield return (key, its, IsOptional: true, IsList: false);
                foreach (var path in Paths(options, name, its)) yield return path;
            }
        }
    }

    private static Dictionary<string, string> Cluster(string uri) => new() { ["KUBEIDP__CLUSTERS__prod__REDIRECTURIS__0"] = uri };

    private static Dictionary<string, string> Web(string uri, string hash) => new()
    {
        ["KUBEIDP__CLIENTS__app__KIND"] = "web",
        ["KUBEIDP__CLIENTS__app__REDIRECTURIS__0"] = uri,
        ["KUBEIDP__CLIENTS__app__SECRETHASH"] = hash,
    };

    private Settings Usable(string yaml, Dictionary<string, string>? environment = null) =>
        Load(yaml, environment) switch
        {
            SettingsAnswer.Usable usable => usable.Settings,
            SettingsAnswer.Unusable unusable => throw new Xunit.Sdk.XunitException(string.Join("\n", unusable.Faults)),
            var other => throw new InvalidOperationException($"{other}"),
        };

    private SettingsFaults Faults(string yaml, Dictionary<string, string>? environment = null) =>
        Assert.IsType<SettingsAnswer.Unusable>(Load(yaml, environment)).Faults;

    private SettingsAnswer Load(string yaml, Dictionary<string, string>? environment)
    {
        folder.Write(SettingsLoader.DefaultFile, yaml);
        return SettingsLoader.Load(null, folder.Path, environment ?? []);
    }
}
