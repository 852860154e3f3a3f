using System.CommandLine;

namespace KubeIdP.Cli.Administration;

/// <summary>What the commands of both programs run on: the database and the configuration, or the API of a server.</summary>
internal interface IVerbHost
{
    /// <summary>Whether a change needs a reason.</summary>
    bool NeedsReason { get; }

    /// <summary>Runs a command on people, sessions, reports or audit events. Returns its exit status.</summary>
    Task<int> AdministerAsync(ParseResult parsed, Func<IAdministration, Task<int>> action, CancellationToken ct);

    /// <summary>Runs a command on the clusters of the configuration. Returns its exit status.</summary>
    Task<int> WithClustersAsync(ParseResult parsed, Func<IClusters, Task<int>> action, CancellationToken ct);
}
