using System.Text.Json.Nodes;
using KubeIdP.Cli.Store;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Races;
using Xunit;

namespace KubeIdP.Cli.Tests.Store;

public sealed class IssuerStateTests
{
    private const string Issuer = "https://idp.example.com";
    private const string Authority = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";

    private readonly string home = Path.Combine(Scratch.NewFolder("kubeidp-store-"), "state");
    private readonly IssuerState state;

    public IssuerStateTests()
    {
        state = IssuerState.Of(home, Issuer, authority: null);
        state.Prepare();
    }

    private string SessionPath => Path.Combine(state.Folder, "session.json");

    [Fact]
    public void What_is_written_is_read_and_only_its_owner_can_read_it()
    {
        state.WriteSession(Session());
        state.WriteCluster(Cluster());
        state.MakeDefault();

        Assert.Equivalent(Session(), state.ReadSession());
        Assert.Equivalent(Cluster(), state.ReadCluster("prod", Session()));
        Assert.Equal(state.Folder, IssuerState.Default(home)!.Folder);
        Assert.All(Directory.GetFiles(home, "*", SearchOption.AllDirectories),
            file => Assert.Equal(FileModes.OwnerOnly, FileModes.Of(file)));
        Assert.All((string[])[home, state.Folder],
            folder => Assert.Equal(FileModes.OwnerOnly | UnixFileMode.UserExecute, FileModes.Of(folder)));
    }

    [Fact]
    public void What_others_could_read_is_closed_to_them()
    {
        state.WriteSession(Session());
        FileModes.Set(SessionPath, (UnixFileMode)0b110_100_100);
        FileModes.Set(home, (UnixFileMode)0b111_101_101);

        Assert.NotNull(state.ReadSession());
        state.Prepare();

        Assert.Equal(FileModes.OwnerOnly, FileModes.Of(SessionPath));
        Assert.Equal(FileModes.OwnerOnly | UnixFileMode.UserExecute, FileModes.Of(home));
    }

    [Fact]
    public void A_damaged_file_is_as_if_it_were_not_there()
    {
        state.WriteSession(Session());
        var whole = File.ReadAllBytes(SessionPath);
        var random = Chance.For(nameof(A_damaged_file_is_as_if_it_were_not_there));

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(SessionPath, whole[..length]);
            Assert.Null(state.ReadSession());
        }

        for (var round = 0; round < 100; round++)
        {
            var damaged = (byte[])whole.Clone();
            random.NextBytes(damaged.AsSpan(random.Next(damaged.Length)));
            File.WriteAllBytes(SessionPath, damaged);
            Assert.Null(state.ReadSession());
        }

        File.Delete(SessionPath);
        Directory.CreateDirectory(SessionPath);
        Assert.Null(state.ReadSession());
    }

    [Theory]
    [InlineData("version", "2")]
    [InlineData("version", "\"1\"")]
    [InlineData("issuer", "\"https://idp.example.com/\"")]
    [InlineData("issuer", "null")]
    [InlineData("login", "null")]
    [InlineData("self", "{}")]
    public void A_file_of_another_version_issuer_or_shape_is_as_if_it_were_not_there(string property, string value)
    {
        state.WriteSession(Session());
        var record = JsonNode.Parse(File.ReadAllText(SessionPath))!;
        record[property] = JsonNode.Parse(value);
        File.WriteAllText(SessionPath, record.ToJsonString());

        Assert.Null(state.ReadSession());
    }

    [Fact]
    public void A_property_that_a_later_version_has_added_does_no_harm()
    {
        state.WriteSession(Session());
        var record = JsonNode.Parse(File.ReadAllText(SessionPath))!;
        record["later"] = new JsonObject { ["x"] = 1 };
        File.WriteAllText(SessionPath, record.ToJsonString());

        Assert.NotNull(state.ReadSession());
    }

    [Theory]
    [InlineData("another", "prod", Issuer)]
    [InlineData("login", "Prod", Issuer)]
    [InlineData("login", "prod", "https://other.example.com")]
    public void A_token_of_another_login_cluster_or_issuer_is_not_used(string login, string cluster, string issuer)
    {
        state.WriteCluster(Cluster());
        File.WriteAllText(Path.Combine(state.Folder, "cluster-prod.json"),
            File.ReadAllText(Path.Combine(state.Folder, "cluster-prod.json")).Replace("\"login\":\"login\"", $"\"login\":\"{login}\"")
                .Replace("\"cluster\":\"prod\"", $"\"cluster\":\"{cluster}\"")
                .Replace($"\"issuer\":\"{Issuer}\"", $"\"issuer\":\"{issuer}\""));

        Assert.Null(state.ReadCluster("prod", Session()));
        Assert.Null(state.ReadCluster("prod", session: null));
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_deleted_later_and_never_read()
    {
        state.WriteSession(Session());
        var leftover = $"{SessionPath}.4711.tmp";
        File.WriteAllText(leftover, "{");
        File.SetLastWriteTimeUtc(leftover, DateTime.UtcNow.AddMinutes(-2));

        state.WriteSession(Session() with { Login = "next" });

        Assert.Equal("next", state.ReadSession()!.Login);
        Assert.False(File.Exists(leftover));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"version":1,"issuer":"https://idp.example.com","folder":"../../elsewhere"}""")]
    [InlineData("""{"version":1,"issuer":"https://idp.example.com","folder":".."}""")]
    [InlineData("""{"version":2,"issuer":"https://idp.example.com","folder":"idp"}""")]
    public void A_default_that_leads_elsewhere_is_none(string content)
    {
        File.WriteAllText(Path.Combine(home, "default.json"), content);

        Assert.Null(IssuerState.Default(home));
    }

    [Fact]
    public void Signing_out_leaves_nothing_but_locks()
    {
        state.WriteSession(Session());
        state.WriteCluster(Cluster());
        state.MakeDefault();
        File.WriteAllText(state.ServedPath("prod"), "1 2 3\n");
        File.WriteAllText(Path.Combine(state.Folder, "session.lock"), "");

        state.DeleteAll();

        Assert.Equal(["session.lock"], Directory.GetFiles(home, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    private static Lifespan Life => new(1_800_000_000_000, 1_000, 60_000);

    private static SessionRecord Session() => new()
    {
        Version = 1, Issuer = Issuer, Login = "login", CertificateAuthority = Authority,
        Person = new StoredPerson("subject", "alice", null, "alice@example.com", ["one", "two"], null, DateTimeOffset.UnixEpoch),
        Self = new StoredGrant { RefreshToken = "refresh", AccessToken = "access", Life = Life },
    };

    private static ClusterRecord Cluster() => new()
    {
        Version = 1, Issuer = Issuer, Cluster = "prod", Login = "login", Token = "token", RefreshToken = "refresh", Life = Life,
    };
}
