using System.Text;
using KubeIdP.Core.Clusters;
using KubeIdP.Server.Clusters;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Server.Tests.Clusters;

/// <summary>The text of kubeconfigs, by themselves and for several clusters.</summary>
public sealed class KubeconfigTests
{
    private const string Issuer = "https://idp.example.com/auth";
    private const string Pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    private static readonly KubeconfigEntry Prod = new("prod", "https://api.prod.example.com:6443", Pem, "shop", ExecPlugin.Kubelogin);
    private static readonly KubeconfigEntry Lab = new("lab_2.eu", "https://[2001:db8::1]/k8s/clusters/c-1", null, null, ExecPlugin.Kubeidp);

    private static string PemAsData => Convert.ToBase64String(Encoding.ASCII.GetBytes(Pem));

    [Fact]
    public void The_file_of_one_cluster_is_exactly_this() => Assert.Equal($"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: "kubeidp-prod"
          cluster:
            server: "https://api.prod.example.com:6443"
            certificate-authority-data: {PemAsData}
        users:
        - name: "kubeidp-prod"
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: "kubectl-oidc_login"
              args:
              - "get-token"
              - "--oidc-issuer-url=https://idp.example.com/auth"
              - "--oidc-client-id=prod"
              - "--certificate-authority-data={PemAsData}"
              - "--token-cache-storage=disk"
              interactiveMode: IfAvailable
              provideClusterInfo: false
              installHint: |
                To sign in, kubectl needs the plugin kubelogin (kubectl-oidc_login), version 1.32 or later. Install it once:
                  Linux, macOS:  brew install kubelogin
                  Windows:       winget install --exact --id int128.kubelogin
                  Windows:       choco install kubelogin
                  Krew:          kubectl krew install oidc-login
                  other ways:    save the program from https://github.com/int128/kubelogin/releases
                                 as kubectl-oidc_login (Windows: kubectl-oidc_login.exe) in a folder of your PATH
                Then repeat the command. More about this cluster: https://idp.example.com/auth/clusters/prod
        contexts:
        - name: "kubeidp-prod"
          context:
            cluster: "kubeidp-prod"
            user: "kubeidp-prod"
            namespace: "shop"
        current-context: "kubeidp-prod"

        """, Kubeconfig.Of(Issuer, Pem, [Prod]));

    [Fact]
    public void Several_clusters_are_side_by_side_and_the_first_is_the_current_one()
    {
        var file = Parse(Kubeconfig.Of(Issuer, null, [Lab, Prod]));

        foreach (var list in (string[])["clusters", "users", "contexts"])
            Assert.Equal(["kubeidp-lab_2.eu", "kubeidp-prod"], ((YamlSequenceNode)file[list]).Select(entry => $"{entry["name"]}"));
        Assert.Equal("kubeidp-lab_2.eu", file["current-context"]);
        Assert.Equal(["get-token", $"--oidc-issuer-url={Issuer}", "--oidc-client-id=prod", "--token-cache-storage=disk"],
            ((YamlSequenceNode)file["users"][1]["user"]["exec"]["args"]).Select(arg => $"{arg}"));
    }

    [Fact]
    public void The_other_plugin_gets_what_it_needs_and_no_authority_where_none_is_needed()
    {
        var file = Parse(Kubeconfig.Of(Issuer, null, [Lab]));

        var exec = file["users"][0]["user"]["exec"];
        Assert.Equal("kubeidp", exec["command"]);
        Assert.Equal(["token", "lab_2.eu", $"--issuer={Issuer}"], ((YamlSequenceNode)exec["args"]).Select(arg => $"{arg}"));
        Assert.Contains($"more about this cluster: {Issuer}", $"{exec["installHint"]}", StringComparison.Ordinal);
        Assert.Equal(["server"], ((YamlMappingNode)file["clusters"][0]["cluster"]).Children.Keys.Select(key => $"{key}"));
        Assert.Equal(["cluster", "user"], ((YamlMappingNode)file["contexts"][0]["context"]).Children.Keys.Select(key => $"{key}"));
    }

    // YAML 1.1 would read them as a number, a truth value and nothing.
    [Theory]
    [InlineData("123")]
    [InlineData("no")]
    [InlineData("null")]
    [InlineData("1e3")]
    public void A_namespace_that_looks_like_another_type_is_a_text(string space)
    {
        var file = Parse(Kubeconfig.Of(Issuer, null, [Prod with { Namespace = space }]));
        var name = (YamlScalarNode)file["contexts"][0]["context"]["namespace"];

        Assert.Equal((space, YamlDotNet.Core.ScalarStyle.DoubleQuoted), (name.Value, name.Style));
    }

    private static YamlNode Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents[0].RootNode;
    }
}
