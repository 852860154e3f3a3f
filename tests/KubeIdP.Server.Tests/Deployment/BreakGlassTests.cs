using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tests.Kubernetes;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using Xunit;
using YamlDotNet.Serialization;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>The emergency access that does not need this server, tried out.</summary>
public sealed class BreakGlassTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public BreakGlassTests()
    {
        using var authority = new TestAuthority();
        folder.Write("client-ca.crt", authority.Pem);
        folder.Write("client-ca.key", authority.PrivateKeyPem);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_lets_one_person_in_for_some_hours()
    {
        (await RunAsync("https://cluster.example:6443", null, "alice", "3")).Succeeded();
        using var certificate = CertificateOf(File.ReadAllText(folder.File("break-glass.conf")), out var server);

        Assert.Equal("https://cluster.example:6443", server);
        Assert.Equal("O=break-glass, CN=break-glass:alice", certificate.Subject);
        Assert.InRange(certificate.NotAfter.ToUniversalTime(), DateTime.UtcNow.AddHours(2.9), DateTime.UtcNow.AddHours(3));
        Assert.Contains("1.3.6.1.5.5.7.3.2",
            certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
                .Single().EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Select(use => use.Value));
        using var chain =
            new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(folder.File("client-ca.crt"));
        Assert.True(chain.Build(certificate));
    }

    // Its reader is the cluster's administrator: nobody who could read an older file, and nobody who has put a link in its place, must get
    // it.
    [Fact]
    public async Task What_it_writes_is_for_its_owner_alone()
    {
        var others = folder.Write("of-somebody-else", "before");
        folder.Write("break-glass.conf", "an older one");
        FileModes.Set(folder.File("break-glass.conf"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.CreateSymbolicLink(folder.File("link.conf"), others);

        var outcome = (await RunAsync("https://cluster.example:6443", null, "alice")).Succeeded();
        (await RunAsync("https://cluster.example:6443", null, "alice", "1", "link.conf")).Succeeded();
        var refused = await RunAsync("https://cluster.example:6443", null, "alice", "1", "no-such-folder/break-glass.conf");

        Assert.Empty(outcome.Output);
        Assert.Contains("break-glass.conf gives alice access for 2 h", outcome.Error, StringComparison.Ordinal);
        Assert.All((string[])["break-glass.conf", "link.conf"], file =>
        {
            Assert.Equal(FileModes.OwnerOnly, FileModes.Of(folder.File(file)));
            Assert.Null(new FileInfo(folder.File(file)).LinkTarget);
        });
        Assert.Equal("before", File.ReadAllText(others));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Equal(["break-glass.conf", "client-ca.crt", "client-ca.key", "link.conf", "of-somebody-else"],
            Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2, "alice", "2", "break-glass.conf", "more")]
    [InlineData(2, "alice/O=system:masters")]
    [InlineData(2, "alice", "25")]
    [InlineData(2, "alice", "0")]
    [InlineData(2, "alice", "soon")]
    [InlineData(2, "--help")]
    public async Task What_it_does_not_take_it_says(int exitCode, params string[] words)
    {
        var outcome = await RunAsync("https://cluster.example:6443", null, words);

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.StartsWith("usage: break-glass.sh NAME [HOURS [FILE]]", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task Without_the_authority_it_says_where_to_run_it()
    {
        File.Delete(folder.File("client-ca.key"));

        var outcome = await RunAsync("https://cluster.example:6443", null, "alice");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("on a control plane node", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_API_server_lets_them_in_while_KubeIdP_is_down()
    {
        KubernetesTests.SkipWithout("etcd", "kube-apiserver");
        await using var cluster = await ControlPlane.StartAsync([$"--client-ca-file={folder.File("client-ca.crt")}"], Ct);
        (await cluster.KubectlAsync(ControlPlane.AdminToken, Ct, "create", "clusterrolebinding", "break-glass",
            "--clusterrole=cluster-admin", "--group=break-glass")).Succeeded();

        (await RunAsync(cluster.Address.GetLeftPart(UriPartial.Authority), cluster.CertificateFile, "alice")).Succeeded();
        var kubeconfig = folder.File("break-glass.conf");
        var whoAmI = (await KubectlAsync(kubeconfig, "auth", "whoami", "-o", "json")).Succeeded().Output;

        Assert.Contains("break-glass:alice", whoAmI, StringComparison.Ordinal);
        (await KubectlAsync(kubeconfig, "get", "secrets", "-A")).Succeeded();
    }

    private static Task<Outcome> KubectlAsync(string kubeconfig, params string[] words) =>
        Programs.RunAsync(new ProcessStartInfo(KubernetesPrograms.PathOf("kubectl"), [$"--kubeconfig={kubeconfig}", .. words]), input: null,
            Ct);

    private Task<Outcome> RunAsync(string server, string? serverCertificate, params string[] words)
    {
        var start = new ProcessStartInfo(Repository.File("deploy/break-glass.sh"), words) { WorkingDirectory = folder.Path };
        start.Environment["SERVER"] = server;
        start.Environment["CLIENT_CA"] = folder.File("client-ca");
        if (serverCertificate is not null) start.Environment["SERVER_CA"] = serverCertificate;
        return Programs.RunAsync(start, input: null, Ct);
    }

    private static X509Certificate2 CertificateOf(string kubeconfig, out string server)
    {
        var config = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(kubeconfig);
        var cluster = (Dictionary<object, object>)((Dictionary<object, object>)((List<object>)config["clusters"])[0])["cluster"];
        var user = (Dictionary<object, object>)((Dictionary<object, object>)((List<object>)config["users"])[0])["user"];
        server = (string)cluster["server"];
        string Pem(string key) => Encoding.ASCII.GetString(Convert.FromBase64String((string)user[key]));
        return X509Certificate2.CreateFromPem(Pem("client-certificate-data"), Pem("client-key-data"));
    }
}
