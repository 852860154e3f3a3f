using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>
/// The cluster of somebody who follows the documentation: a stand-in API server, of which they are the administrator by the kubeconfig in
/// their home, and somebody who has signed in to it with kubelogin's stand-in.
/// </summary>
internal sealed class ReadersCluster : IAsyncDisposable
{
    public const string AdminContext = "admin";

    private readonly string issuer;
    private readonly int port;
    private readonly TemporaryFolder folder;

    private ReadersCluster(string issuer, int port, TemporaryFolder folder) =>
        (this.issuer, this.port, this.folder) = (issuer, port, folder);

    /// <summary>The lines of a script that has kubelogin's name.</summary>
    public string Kubelogin => $"KUBELOGIN_CONNECT=localhost:{port} exec /usr/bin/python3 '{Plugin}' \"$@\"";

    private static string Plugin => Path.Combine(AppContext.BaseDirectory, "Kubernetes", "kubectl-oidc_login");

    private StandInApiServer Server { get; set; } = null!;

    /// <param name="issuer">The issuer of the documentation, whose address this machine need not have.</param>
    /// <param name="port">Where it listens on this machine instead.</param>
    /// <param name="folder">With the reader's home and the folder in which they work.</param>
    public static async Task<ReadersCluster> StartAsync(string issuer, int port, TemporaryFolder folder, CancellationToken ct)
    {
        var cluster = new ReadersCluster(issuer, port, folder);
        cluster.Server = await StandInApiServer.StartAsync(issuer, "kubernetes", cluster.CreateHandler(), ct);
        Directory.CreateDirectory(folder.File("home/.kube"));
        await File.WriteAllTextAsync(folder.File("home/.kube/config"), $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: kind-kind
              cluster:
                server: {{cluster.Server.Address}}
                certificate-authority-data: {{Convert.ToBase64String(Encoding.ASCII.GetBytes(cluster.Server.AuthorityPem))}}
            users: [{ name: kind-kind, user: { token: {{StandInApiServer.AdminToken}} } }]
            contexts: [{ name: {{AdminContext}}, context: { cluster: kind-kind, user: kind-kind } }]
            current-context: {{AdminContext}}
            """, ct);
        return cluster;
    }

    /// <summary>What a person does in the browser that kubelogin opens; only the first time.</summary>
    /// <param name="add">The command that adds an account, prints it as JSON and reads its password.</param>
    /// <param name="ct">Of the test.</param>
    public async Task SignInAsync(ProcessStartInfo add, CancellationToken ct)
    {
        var cache = folder.File("home/.kube/cache/oidc-login/kubernetes.json");
        if (File.Exists(cache)) return;

        const string password = "correct horse battery staple";
        var added = (await Programs.RunAsync(add, password, ct)).Succeeded().Output;
        var code = JsonDocument.Parse(added).RootElement.GetProperty("enrolmentCode").GetString()!;
        using var browser = new BrowserClient(CreateHandler(), new Uri(issuer));
        using var client = new RelyingParty(CreateHandler(), new Uri(issuer));
        var tokens = await client.LogInAsync(browser, new Account("carol", password, code, TimeProvider.System), ct);
        Directory.CreateDirectory(Path.GetDirectoryName(cache)!);
        await File.WriteAllTextAsync(cache, JsonSerializer.Serialize(new { refresh_token = tokens.RefreshToken }), ct);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("localhost", port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = IsTheirs },
    };

    private bool IsTheirs(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(folder.File("work/data/tls/ca.crt"));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in presented?.ChainElements.Skip(1) ?? []) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build((X509Certificate2)certificate);
    }
}
