using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Server.Tests.Kubernetes;

/// <summary>
/// A person's machine with kubectl and, under kubelogin's name, the stand-in beside this file, which refreshes real tokens of the issuer.
/// </summary>
internal sealed class PeopleMachine : IDisposable
{
    /// <param name="kubelogin">The path of the real one; null: the stand-in.</param>
    public PeopleMachine(string? kubelogin = null)
    {
        Directory.CreateDirectory(Path.Combine(Home, "bin"));
        if (kubelogin is not null)
        {
            File.CreateSymbolicLink(Path.Combine(Home, "bin", "kubectl-oidc_login"), kubelogin);
            return;
        }

        // With its home in it, for programs that run in the process of the tests.
        var plugin = Path.Combine(AppContext.BaseDirectory, "Kubernetes", "kubectl-oidc_login");
        File.WriteAllText(Path.Combine(Home, "bin", "kubectl-oidc_login"),
            $"#!/bin/sh\nHOME='{Home}' exec /usr/bin/python3 '{plugin}' \"$@\"\n");
        FileModes.Set(Path.Combine(Home, "bin", "kubectl-oidc_login"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Home { get; } = Scratch.NewFolder("kubeidp-home-");

    public string Bin => Path.Combine(Home, "bin");

    public string PathOf(string name) => Path.Combine(Home, name);

    /// <summary>As after a sign-in at this cluster.</summary>
    public async Task SignedInAsync(string clientId, string refreshToken, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(CacheOf(clientId))!);
        await File.WriteAllTextAsync(CacheOf(clientId), JsonSerializer.Serialize(new { refresh_token = refreshToken }), ct);
    }

    /// <summary>
    /// Leaves the plugin only the refresh token: an ID token that has a moment left would be over before a slow program has used it.
    /// </summary>
    public async Task ForgetIdTokenAsync(string clientId, CancellationToken ct)
    {
        var cached = JsonNode.Parse(await File.ReadAllTextAsync(CacheOf(clientId), ct))!.AsObject();
        cached.Remove("id_token");
        await File.WriteAllTextAsync(CacheOf(clientId), cached.ToJsonString(), ct);
    }

    /// <summary>How often the plugin has refreshed the tokens of a cluster.</summary>
    public async Task<int> RefreshesAsync(string clientId, CancellationToken ct) =>
        Cached(await File.ReadAllTextAsync(CacheOf(clientId), ct)).TryGetProperty("refreshes", out var count) ? count.GetInt32() : 0;

    /// <summary>The ID token that the plugin has.</summary>
    public async Task<string> IdTokenAsync(string clientId, CancellationToken ct) =>
        Cached(await File.ReadAllTextAsync(CacheOf(clientId), ct)).GetProperty("id_token").GetString()!;

    public Task<Outcome> KubectlAsync(string kubeconfig, CancellationToken ct, params string[] words) =>
        Programs.RunAsync(Start(KubernetesPrograms.PathOf("kubectl"), kubeconfig, words), input: null, ct);

    /// <summary>A program with the environment of this machine.</summary>
    public ProcessStartInfo Start(string program, string kubeconfig, params string[] words)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = Home };
        (start.Environment["HOME"], start.Environment["KUBECONFIG"]) = (Home, kubeconfig);
        start.Environment["PATH"] = $"{Bin}:{Environment.GetEnvironmentVariable("PATH")}";
        return start;
    }

    public void Dispose() => Directory.Delete(Home, recursive: true);

    private string CacheOf(string clientId) => Path.Combine(Home, ".kube/cache/oidc-login", $"{clientId}.json");

    private static JsonElement Cached(string text) => JsonDocument.Parse(text).RootElement;
}
