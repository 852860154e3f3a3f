using KubeIdP.Cli.Api;

namespace KubeIdP.Cli.Administration;

/// <summary>Through the API of a running server.</summary>
internal sealed class ApiClusters(ApiClient api) : IClusters
{
    public Task<IReadOnlyList<ApiCluster>> ListAsync(CancellationToken ct) =>
        api.GetAsync("/clusters", ApiJsonContext.Default.IReadOnlyListApiCluster, ct);

    public Task<ApiClusterInstructions> InstructionsAsync(string name, CancellationToken ct) =>
        api.GetAsync($"{PathOf(name)}/instructions", ApiJsonContext.Default.ApiClusterInstructions, ct);

    public async Task<string> FlagsAsync(string name, CancellationToken ct) =>
        (await api.GetTextAsync($"{PathOf(name)}/flags", ct)).TrimEnd('\n');

    public async Task<string> AuthenticationConfigAsync(string name, string? version, CancellationToken ct) =>
        (await api.GetTextAsync($"{PathOf(name)}/authentication-config{QueryText.Of(("apiVersion", version))}", ct)).TrimEnd('\n');

    public Task<string> KubeconfigAsync(IReadOnlyList<string> names, CancellationToken ct) =>
        api.GetTextAsync($"/kubeconfig{QueryText.Of([.. names.Select(name => ("cluster", (string?)name))])}", ct);

    private static string PathOf(string name) => $"/clusters/{Uri.EscapeDataString(name)}";
}
