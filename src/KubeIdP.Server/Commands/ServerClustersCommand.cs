using System.CommandLine;
using KubeIdP.Cli.Administration;
using KubeIdP.Server.Clusters;

namespace KubeIdP.Server.Commands;

/// <summary>The commands on clusters of both programs, and those that need this machine: its configuration and its files.</summary>
internal static class ServerClustersCommand
{
    public static Command Create(CommandContext context)
    {
        var shell = new Option<Shell?>("--shell") { Description =
            "bash or powershell: print the kubectl commands that add a user and a context for one cluster, that of the current context." };
        var kubeconfig = ClustersCommand.Kubeconfig(context, shell, (parsed, name) =>
            context.WithConfiguredClustersAsync(parsed, async configured =>
            {
                await Console.Out.WriteLineAsync(configured.Find(name).Kubectl(parsed.GetValue(shell)!.Value));
                return 0;
            }));
        var clusters = ClustersCommand.Create(context, kubeconfig);
        clusters.Add(ClustersTokenReviewCommand.Create(context));
        return clusters;
    }
}
