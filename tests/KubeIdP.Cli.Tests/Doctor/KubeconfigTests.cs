using KubeIdP.Cli.Doctor.Kubeconfigs;
using Xunit;

namespace KubeIdP.Cli.Tests.Doctor;

/// <summary>Which files kubectl reads, what they say, and which of it is looked at.</summary>
public sealed class KubeconfigTests
{
    private const string Two = """
        clusters:
        - name: c1
          cluster: {server: "https://one.example.com:6443", certificate-authority: ca.crt, proxy-url: "http://proxy:3128"}
        - name: c2
          cluster: {server: "https://two.example.com:6443", insecure-skip-tls-verify: true, tls-server-name: two}
        users:
        - name: u1
          user:
            exec: {command: kubeidp, args: [token, prod, "--issuer=https://idp.example.com"], env: [{name: HTTPS_PROXY, value: "http://p"}]}
        - name: u2
          user: {token: secret}
        contexts:
        - name: x1
          context: {cluster: c1, user: u1}
        - name: x2
          context: {cluster: c2, user: u2}
        current-context: x2
        """;

    [Theory]
    [InlineData("kubectl-oidc_login", "get-token --oidc-issuer-url=https://i --oidc-client-id=prod", PluginKind.Kubelogin)]
    [InlineData("/opt/bin/kubelogin", "get-token --oidc-issuer-url https://i --oidc-client-id prod", PluginKind.Kubelogin)]
    [InlineData("kubectl", "oidc-login get-token --oidc-issuer-url=https://i --oidc-client-id=prod -v1", PluginKind.Kubelogin)]
    [InlineData("kubelogin.exe", "get-token --oidc-client-id=prod --insecure-skip-tls-verify "
        + "--oidc-issuer-url=https://i", PluginKind.Kubelogin)]
    [InlineData("kubeidp", "token prod --issuer=https://i", PluginKind.Kubeidp)]
    [InlineData("kubeidp", "token --no-login --issuer https://i prod", PluginKind.Kubeidp)]
    [InlineData("kubelogin", "get-token --login azurecli --server-id 6dae42f8", null)]
    [InlineData("kubectl", "get-token", null)]
    [InlineData("aws", "eks get-token", null)]
    [InlineData("kubeidp", "people list", null)]
    public void A_plugin_is_known_in_all_its_spellings(string command, string args, object? kind)
    {
        var call = PluginCall.Of(new ExecEntry(command, args.Split(' '), new Dictionary<string, string>()));

        Assert.Equal(kind, call?.Kind);
        if (call is not null) Assert.Equal(("https://i", "prod"), (call.Issuer, call.ClientId));
    }

    [Fact]
    public void What_a_file_names_is_relative_to_its_folder()
    {
        var file = KubeconfigReader.Read("/home/alice/.kube/config", Two);

        Assert.Equal("/home/alice/.kube/ca.crt", file.Clusters[0].AuthorityFile);
        Assert.Equal("http://proxy:3128", file.Clusters[0].Proxy);
        Assert.Equal((true, "two"), (file.Clusters[1].SkipsTls, file.Clusters[1].TlsName));
        Assert.Equal("http://p", file.Users[0].Exec!.Environment["HTTPS_PROXY"]);
        Assert.Null(file.Users[1].Exec);
        Assert.Equal("x2", file.CurrentContext);
    }

    [Theory]
    [InlineData("x1")]
    [InlineData("c1")]
    [InlineData("prod")]
    [InlineData(null)]
    public void A_cluster_is_named_by_context_cluster_or_client(string? name)
    {
        var chosen = SubjectChoice.Choose(Merged(("/a", Two)), name, issuer: null, lastIssuer: null);

        Assert.Equal(("x1", "https://idp.example.com", "prod"), (chosen.Context!.Name, chosen.Issuer, chosen.ClientId));
    }

    [Theory]
    [InlineData("x2", "signs in without")]
    [InlineData("nothing", "There are: x1")]
    public void What_can_not_be_looked_at_is_wrong_usage(string name, string words)
    {
        var fault = Assert.Throws<Misuse>(() => SubjectChoice.Choose(Merged(("/a", Two)), name, issuer: null, lastIssuer: null));

        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_contexts_neither_of_which_is_current_one_must_be_named()
    {
        var second = Two.Replace("x1", "x3", StringComparison.Ordinal);

        var fault = Assert.Throws<Misuse>(() => SubjectChoice.Choose(Merged(("/a", Two), ("/b", second)), null, null, null));

        Assert.Contains("x1, x3", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_say_the_same_do_not_disagree()
    {
        var merged = Merged(("/a", Two), ("/b", Two));

        Assert.Empty(merged.DisagreementsAbout(merged.Ours.Single()));
    }

    [Theory]
    [InlineData("https://idp.example.com", "https://former.example.com", "user")]
    [InlineData("https://one.example.com:6443", "https://old.example.com:6443", "cluster")]
    [InlineData("cluster: c1, user: u1", "cluster: c2, user: u1", "context")]
    public void The_first_file_counts_and_the_other_disagrees(string from, string to, string kind)
    {
        var merged = Merged(("/a", Two), ("/b", Two.Replace(from, to, StringComparison.Ordinal)));

        var found = Assert.Single(merged.DisagreementsAbout(merged.Ours.Single()));

        Assert.Equal((kind, "/a", "/b"), (found.Kind, found.FirstFile, found.SecondFile));
        Assert.NotEqual(found.First, found.Second);
    }

    [Theory]
    [InlineData("- a\n- b")]
    [InlineData("clusters: [")]
    public void What_is_no_kubeconfig_is_wrong_usage(string text) => Assert.Throws<Misuse>(() => KubeconfigReader.Read("/a", text));

    [Fact]
    public void A_file_of_brackets_does_not_overflow_the_stack() =>
        Assert.Throws<Misuse>(() => KubeconfigReader.Read("/a", new string('[', 100_000)));

    [Fact]
    public void An_empty_file_has_no_contexts() => Assert.Empty(KubeconfigReader.Read("/a", "").Contexts);

    [Fact]
    public void The_files_are_those_of_kubectl()
    {
        Assert.Equal(["/x"], KubeconfigFiles.Paths("/x", "/a:/b", "/home/alice"));
        Assert.Equal(["/a", "/b"], KubeconfigFiles.Paths(null, "/a::/b:/a", "/home/alice"));
        Assert.Equal(["/home/alice/.kube/config"], KubeconfigFiles.Paths(null, "", "/home/alice"));
    }

    private static MergedKubeconfigs Merged(params (string Path, string Text)[] files) =>
        new([.. files.Select(file => KubeconfigReader.Read(file.Path, file.Text))]);
}
