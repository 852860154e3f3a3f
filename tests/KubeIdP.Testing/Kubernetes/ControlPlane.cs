using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Testing.Kubernetes;

/// <summary>A real kube-apiserver on a real etcd, and nothing else of a cluster: enough to show what it makes of a token.</summary>
public sealed class ControlPlane : IAsyncDisposable
{
    public const string AdminToken = "the-token-of-the-test-itself";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly string folder = Scratch.NewFolder("kubeidp-cluster-");
    private readonly List<Process> processes = [];
    private readonly Uri address = new($"https://127.0.0.1:{Ports.Free()}");
    private readonly HttpClient http;
    private X509Certificate2? certificate;

    private ControlPlane()
    {
        http = new HttpClient(new HttpClientHandler
        {
            UseProxy = false,
            ServerCertificateCustomValidationCallback = (_, presented, _, _) => presented?.Thumbprint == certificate?.Thumbprint,
        });
    }

    /// <param name="authenticationFlags">The flags by which the API server trusts an issuer.</param>
    public static async Task<ControlPlane> StartAsync(IReadOnlyList<string> authenticationFlags, CancellationToken ct)
    {
        var cluster = new ControlPlane();
        try
        {
            await cluster.LaunchAsync(authenticationFlags, ct);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>1.34 in "Kubernetes v1.34.1".</summary>
    public static async Task<Version> VersionAsync(CancellationToken ct)
    {
        var outcome = await Programs.RunAsync(new ProcessStartInfo(KubernetesPrograms.PathOf("kube-apiserver"), ["--version"]), input: null,
            ct);
        return Version.Parse(outcome.Succeeded().Output.Split('v', 2)[1].Trim().Split('-', '+')[0]);
    }

    public Uri Address => address;

    /// <summary>By which it is known.</summary>
    public string CertificateFile => $"{folder}/apiserver.crt";

    /// <summary>What <c>kubectl auth whoami</c> asks. 401 is an answer like any other.</summary>
    public async Task<(HttpStatusCode Status, JsonElement UserInfo)> WhoAmIAsync(string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/apis/authentication.k8s.io/v1/selfsubjectreviews"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
            Content = JsonContent.Create(new { apiVersion = "authentication.k8s.io/v1", kind = "SelfSubjectReview" }),
        };
        using var response = await http.SendAsync(request, ct);
        return (response.StatusCode, response.StatusCode == HttpStatusCode.Created
            ? JsonDocument.Parse(await response.Content.ReadAsStringAsync(ct)).RootElement.GetProperty("status").GetProperty("userInfo")
            : default);
    }

    /// <summary>kubectl with this token and nobody's configuration.</summary>
    public Task<Outcome> KubectlAsync(string token, CancellationToken ct, params string[] words)
    {
        var start = new ProcessStartInfo(KubernetesPrograms.PathOf("kubectl"),
            [$"--server={address.GetLeftPart(UriPartial.Authority)}", $"--certificate-authority={folder}/apiserver.crt", $"--token={token}",
                .. words]);
        start.Environment["KUBECONFIG"] = $"{folder}/none";
        start.Environment["HOME"] = folder;
        return Programs.RunAsync(start, input: null, ct);
    }

    public async ValueTask DisposeAsync()
    {
        // The API server first: without its database it would only complain.
        foreach (var process in processes.AsEnumerable().Reverse())
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        http.Dispose();
        certificate?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task LaunchAsync(IReadOnlyList<string> authenticationFlags, CancellationToken ct)
    {
        var etcd = $"http://127.0.0.1:{Ports.Free()}";
        Launch("etcd", $"--data-dir={folder}/etcd", $"--listen-client-urls={etcd}", $"--advertise-client-urls={etcd}",
            "--listen-peer-urls=http://127.0.0.1:0", "--unsafe-no-fsync");
        await WriteFilesAsync(ct);
        Launch("kube-apiserver",
        [
            $"--etcd-servers={etcd}",
            "--bind-address=127.0.0.1",
            $"--secure-port={address.Port}",
            $"--tls-cert-file={folder}/apiserver.crt",
            $"--tls-private-key-file={folder}/apiserver.key",

            // Nobody looks for this server through its own service, and a loopback address could not be an endpoint.
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            "--service-cluster-ip-range=10.0.0.0/24",
            "--service-account-issuer=https://kubernetes.default.svc",
            $"--service-account-key-file={folder}/service-accounts.pub",
            $"--service-account-signing-key-file={folder}/service-accounts.key",
            "--disable-admission-plugins=ServiceAccount",
            "--authorization-mode=RBAC",
            "--anonymous-auth=false",
            $"--token-auth-file={folder}/tokens.csv",
            .. authenticationFlags,
        ]);
        await WaitUntilReadyAsync(ct);
    }

    private async Task WriteFilesAsync(CancellationToken ct)
    {
        using var serving = RSA.Create(2048);
        var request = new CertificateRequest("CN=kube-apiserver", serving, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync($"{folder}/apiserver.crt", certificate.ExportCertificatePem(), ct);
        await File.WriteAllTextAsync($"{folder}/apiserver.key", serving.ExportPkcs8PrivateKeyPem(), ct);

        using var serviceAccounts = RSA.Create(2048);
        await File.WriteAllTextAsync($"{folder}/service-accounts.pub", serviceAccounts.ExportSubjectPublicKeyInfoPem(), ct);
        await File.WriteAllTextAsync($"{folder}/service-accounts.key", serviceAccounts.ExportPkcs8PrivateKeyPem(), ct);
        await File.WriteAllTextAsync($"{folder}/tokens.csv", $"{AdminToken},test,test,\"system:masters\"\n", ct);
    }

    private void Launch(string program, params string[] words)
    {
        // Through a shell, so that what it says goes to a file: a pipe that nobody empties would stop it.
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", $"exec \"$0\" \"$@\" >{folder}/{program}.log 2>&1", KubernetesPrograms.PathOf(program),
                .. words]) { WorkingDirectory = folder };
        var process = Process.Start(start)!;
        processes.Add(process);
        AtExit.Run($"readlink /proc/{process.Id}/cwd | grep -q '^{folder}' && kill -9 {process.Id}");
    }

    private async Task WaitUntilReadyAsync(CancellationToken ct)
    {
        for (var since = Stopwatch.StartNew(); !await IsReadyAsync(ct); await Task.Delay(250, ct))
        {
            if (processes.Any(process => process.HasExited) || since.Elapsed > StartLimit)
                throw new InvalidOperationException($"The control plane is not ready.\n{Tail("etcd")}\n{Tail("kube-apiserver")}");
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get,
                new Uri(address, "/readyz")) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", AdminToken) } };
            using var response = await http.SendAsync(request, ct);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string Tail(string program)
    {
        var log = $"{folder}/{program}.log";
        return File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(20)) : $"{program} said nothing.";
    }
}
