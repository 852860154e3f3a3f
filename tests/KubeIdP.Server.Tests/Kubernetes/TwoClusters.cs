using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Kubernetes;

/// <summary>
/// A running issuer with the clusters "prod" and "dev", whose API servers are stand-ins, and alice, who is signed in at both on her
/// machine. Tokens live for ten seconds.
/// </summary>
public sealed class TwoClusters : IAsyncLifetime
{
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(10);

    private readonly IssuerProcess issuer;
    private readonly Dictionary<string, StandInApiServer> servers = [];
    private BrowserClient? browser;

    public TwoClusters()
    {
        // The API servers' addresses are known once they listen.
        var port = Ports.Free();
        Url = $"https://localhost:{port}";
        issuer = new IssuerProcess($"issuer: {Url}\n");
    }

    /// <summary>The issuer, byte for byte.</summary>
    public string Url { get; }

    internal PeopleMachine Machine { get; } = new();

    public StandInApiServer this[string cluster] => servers[cluster];

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        foreach (var cluster in (string[])["prod", "dev"])
        {
            servers[cluster] = await StandInApiServer.StartAsync(Url, cluster, issuer.CreateHandler(), ct);
            await File.WriteAllTextAsync(Path.Combine(issuer.Folder, $"{cluster}.crt"), servers[cluster].AuthorityPem, ct);
        }

        await File.WriteAllTextAsync(Path.Combine(issuer.Folder, "kubeidp.yaml"), $$"""
            issuer: {{Url}}
            tokens: { idTokenLifetime: {{TokenLifetime}} }
            clusters:
              prod: { server: "{{servers["prod"].Address}}", caFile: prod.crt, namespace: shop, access: { groups: [local:platform] } }
              dev: { server: "{{servers["dev"].Address}}", caFile: dev.crt }
            """, ct);
        await issuer.StartAsync(ct);

        var alice = await issuer.AddAccountAsync("alice", ct, "platform");
        browser = issuer.CreateBrowser();
        foreach (var cluster in servers.Keys)
        {
            using var client = issuer.CreateClient(cluster);
            var tokens = await client.LogInAsync(browser, alice, ct);
            await Machine.SignedInAsync(cluster, tokens.RefreshToken!, ct);
        }
    }

    /// <summary>Downloads as alice does, into a file of her machine.</summary>
    public async Task<string> DownloadAsync(string path, string name, CancellationToken ct)
    {
        var page = await browser!.GoAsync($"{Url}{path}", ct);
        Assert.Equal("application/yaml", page.Response.Content.Headers.ContentType?.MediaType);
        var file = Machine.PathOf(name);
        await File.WriteAllTextAsync(file, page.Content, ct);
        return file;
    }

    /// <summary>What alice does in her browser when kubelogin opens this address of her machine.</summary>
    public async Task ContinueAsync(Uri local, CancellationToken ct)
    {
        using var loopback = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        using var opened = await loopback.GetAsync(local, ct);
        var before = browser!.StopAt;
        browser.StopAt = url => url.Scheme == Uri.UriSchemeHttp;
        var page = await (await browser.GoAsync($"{opened.Headers.Location}", ct)).PressAsync("Continue", ct);
        browser.StopAt = before;
        using var landed = await loopback.GetAsync(page.Redirect ?? throw new InvalidOperationException($"No code came. {page}"), ct);
    }

    public async ValueTask DisposeAsync()
    {
        browser?.Dispose();
        foreach (var server in servers.Values) await server.DisposeAsync();
        await issuer.DisposeAsync();
        Machine.Dispose();
    }
}
