using System.CommandLine;
using KubeIdP.Cli.Api;

namespace KubeIdP.Cli.Administration;

/// <summary>Commands run through the API of a server, which records who did what and why.</summary>
internal sealed class ApiHost(IApiAccess access) : IVerbHost
{
    public bool NeedsReason => true;

    public async Task<int> AdministerAsync(ParseResult parsed, Func<IAdministration, Task<int>> action, CancellationToken ct)
    {
        using var api = await access.ConnectAsync(parsed, ct);
        return await action(new ApiAdministration(api));
    }

    public async Task<int> WithClustersAsync(ParseResult parsed, Func<IClusters, Task<int>> action, CancellationToken ct)
    {
        using var api = await access.ConnectAsync(parsed, ct);
        return await action(new ApiClusters(api));
    }
}
