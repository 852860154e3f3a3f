using KubeIdP.Cli;
using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Api;
using KubeIdP.Server.Api;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Clusters.ApiServer;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.Commands;

/// <summary>The clusters of this configuration, without the database and also when no server runs.</summary>
internal sealed class ConfiguredClusters(
    ClientCatalog clients, IssuerUrl issuer, TokenOptions tokens, Kubeconfigs kubeconfigs, OwnAuthority authority) : IClusters
{
    public Task<IReadOnlyList<ApiCluster>> ListAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<ApiCluster>>(
        [.. clients.Clusters.Select(cluster => ClusterRecords.Of(cluster, issuer, tokens))]);

    public Task<ApiClusterInstructions> InstructionsAsync(string name, CancellationToken ct) =>
        Task.FromResult(ClusterRecords.Of(PlatformGuides.For(Find(name))));

    public Task<string> FlagsAsync(string name, CancellationToken ct)
    {
        var cluster = Find(name);
        return Task.FromResult(cluster.RefusalOfFlags() is { } refusal ? throw new CommandFault(refusal) : cluster.ApiServerFlags());
    }

    public Task<string> AuthenticationConfigAsync(string name, string? version, CancellationToken ct)
    {
        var cluster = Find(name);
        return Task.FromResult(cluster.RefusalOfAuthenticationConfiguration(version) is { } refusal
            ? throw new CommandFault(refusal)
            : cluster.AuthenticationConfiguration(version ?? cluster.ApiVersion!));
    }

    public Task<string> KubeconfigAsync(IReadOnlyList<string> names, CancellationToken ct) =>
        kubeconfigs.For(names, authority.ReadPemForIssuer) switch
        {
            KubeconfigAnswer.Made(var text) => Task.FromResult(text),
            KubeconfigAnswer.WrongNumber => throw new CommandFault($"Name 1 to {Kubeconfig.MaxClusters} clusters."),
            KubeconfigAnswer.Unknown(var name) => throw Unknown(name),
            KubeconfigAnswer.WithoutServer without => throw new CommandFault(
                $"{without.Advice} Until then: clusters kubeconfig {without.Name} --shell bash (or powershell)"),
            KubeconfigAnswer.WithoutAuthority without => throw new CommandFault(without.Advice),
            _ => throw new InvalidOperationException("An answer of an unknown kind."),
        };

    /// <summary>One cluster, with the certificate authority that its API server and kubectl must trust.</summary>
    public ClusterInstructions Find(string name) => clients.FindCluster(name) is { } found
        ? ClusterInstructions.Of(issuer, found, authority.ReadPemForIssuer())
        : throw Unknown(name);

    private CommandFault Unknown(string name) =>
        new(ClustersCommand.NoCluster(name, clients.Clusters.Select(cluster => cluster.Id.Value)));
}
