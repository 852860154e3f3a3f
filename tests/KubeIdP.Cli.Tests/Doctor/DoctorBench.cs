using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Cli.Tests.Doctor;

/// <summary>A laptop that gets into its cluster prod, with what a test may spoil.</summary>
internal sealed class DoctorBench : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    private readonly HttpMessageHandler toIssuer;
    private string plugin = "kubeidp";

    private DoctorBench(ScriptedIssuer issuer, StandInApiServer server, CliProgram program, HttpMessageHandler toIssuer)
    {
        (Issuer, Server, Program, this.toIssuer) = (issuer, server, program, toIssuer);
        Home = Scratch.NewFolder("kubeidp-doctor-");
        Kubeconfig = Path.Combine(Home, "config");
        IssuerArgument = issuer.Issuer;
        IssuerAuthority = issuer.AuthorityPem;
        ServerAddress = server.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        UsedAuthority = server.AuthorityPem;

        // kubectl finds its plugins in the PATH.
        var programs = Path.Combine(Home, "bin");
        Directory.CreateDirectory(programs);
        File.CreateSymbolicLink(Path.Combine(programs, "kubeidp"), CliProgram.FilePath);
        program.Environment["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        program.Environment["HOME"] = Home;
        program.Environment["KUBECONFIG"] = Kubeconfig;
        foreach (var name in (string[])["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "KUBECACHEDIR"])
            program.Environment[name] = program.Environment[name.ToLowerInvariant()] = null;
    }

    public ScriptedIssuer Issuer { get; }

    public StandInApiServer Server { get; }

    public CliProgram Program { get; }

    /// <summary>The person's home folder.</summary>
    public string Home { get; }

    /// <summary>The path of the kubeconfig.</summary>
    public string Kubeconfig { get; }

    /// <summary>The issuer that the kubeconfig names.</summary>
    public string IssuerArgument { get; set; }

    /// <summary>The issuer's certificate authority (PEM) that the kubeconfig has.</summary>
    public string IssuerAuthority { get; set; }

    /// <summary>The API server that the kubeconfig names.</summary>
    public string ServerAddress { get; set; }

    /// <summary>The API server's certificate authority (PEM) that the kubeconfig has.</summary>
    public string UsedAuthority { get; set; }

    /// <param name="audience">What the API server accepts; the kubeconfig is for prod.</param>
    public static async Task<DoctorBench> StartAsync(string audience, CancellationToken ct)
    {
        var issuer = await ScriptedIssuer.StartAsync(ct);
        issuer.ClockOffset = TimeSpan.Zero;
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(X509Certificate2.CreateFromPem(issuer.AuthorityPem));
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = trust;
        var server = await StandInApiServer.StartAsync(issuer.Issuer, audience, handler, ct);
        var bench = new DoctorBench(issuer, server, new CliProgram(issuer.AuthorityPem), handler);
        (await bench.Program.SignInAsync(issuer, ct)).Succeeded();
        return bench;
    }

    /// <summary>A certificate authority (PEM) that has issued nothing here.</summary>
    public static string AnotherAuthority()
    {
        using var authority = new TestAuthority("CN=Somebody else");
        return authority.Pem;
    }

    /// <summary>The kubeconfig calls kubelogin, which says this about itself.</summary>
    public void UseKubelogin(string version = "kubelogin version v1.36.4")
    {
        plugin = "kubectl-oidc_login";
        var program = Path.Combine(Home, "bin", plugin);
        File.WriteAllText(program, $"#!/bin/sh\necho '{version}'\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Puts a token into kubelogin's cache; the path.</summary>
    public string CacheToken(string name, string token)
    {
        var folder = Path.Combine(Home, ".kube", "cache", "oidc-login");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, JsonSerializer.Serialize(new { id_token = token, refresh_token = "refresh" }));
        return file;
    }

    public void WriteKubeconfig()
    {
        string[] args = plugin == "kubeidp"
            ? ["token", "prod", $"--issuer={IssuerArgument}"]
            : ["get-token", $"--oidc-issuer-url={IssuerArgument}", "--oidc-client-id=prod", "--token-cache-storage=disk"];
        File.WriteAllText(Kubeconfig, $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: prod
              cluster:
                server: {ServerAddress}
                certificate-authority-data: {Data(UsedAuthority)}
            users:
            - name: prod
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: {plugin}
                  args:
                  - {string.Join("\n      - ", args)}
                  - --certificate-authority-data={Data(IssuerAuthority)}
            contexts:
            - name: prod
              context:
                cluster: prod
                user: prod
            current-context: prod

            """);
    }

    /// <summary>Runs it for scripts.</summary>
    public Task<(int Exit, IReadOnlyList<FoundByDoctor> Findings)> RunAsync(CancellationToken ct) => RunAsync([], write: true, ct);

    /// <param name="words">What is typed beside the format.</param>
    /// <param name="write">Whether the kubeconfig is written first.</param>
    public async Task<(int Exit, IReadOnlyList<FoundByDoctor> Findings)> RunAsync(
        string[] words, bool write, CancellationToken ct)
    {
        if (write) WriteKubeconfig();
        var outcome = await Program.RunAsync(ct, ["doctor", "--output", "json", .. words]);
        if (outcome.Output.Length == 0) throw new InvalidOperationException($"Exit code {outcome.ExitCode}.\n{outcome.Error}");

        return (outcome.ExitCode, JsonSerializer.Deserialize<List<FoundByDoctor>>(outcome.Output, Names)!);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Issuer.DisposeAsync();
        toIssuer.Dispose();
    }

    private static string Data(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
}

/// <summary>A finding as scripts read it.</summary>
internal sealed record FoundByDoctor(int Number, string Check, string Status, string What, string? Fix);
