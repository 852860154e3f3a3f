using System.CommandLine;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Commands;

/// <summary>Makes the credential with which an API server reviews tokens. The configuration gets its hash, by whoever keeps it; this changes nothing there.</summary>
internal static class ClustersTokenReviewCommand
{
    public static Command Create(CommandContext context)
    {
        var client = ClustersCommand.Client();
        var file = new Option<FileInfo?>("--kubeconfig") { Description = "Where to write the webhook's kubeconfig; default: token-review-CLIENT.yaml in the current folder. It must not exist." };
        var output = OutputFormat.Option();
        var command = new Command(
            "token-review", "Make the credential with which the API server asks about each token: writes the webhook's kubeconfig, and prints what the configuration needs.") { client, file, output };
        command.SetAction((parsed, _) => ClustersCommand.WithClusterAsync(
            context, parsed, parsed.GetValue(client)!, cluster => MakeAsync(cluster, parsed.GetValue(file)?.FullName, parsed.GetValue(output))));
        return command;
    }

    private static async Task<int> MakeAsync(ClusterInstructions cluster, string? file, string? format)
    {
        var (credential, hash) = ClientSecret.Create();

        // A client id may hold what is no part of a file's name.
        file ??= Path.GetFullPath($"token-review-{string.Concat(cluster.ClientId.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_'))}.yaml");
        try
        {
            PrivateFiles.Create(file, cluster.WebhookKubeconfig(credential) + "\n");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{file} can't be written: {fault.Message} Name another with --kubeconfig.");
            return CommandLine.NotDone;
        }

        await OutputFormat.WriteAsync(format, new { client = cluster.ClientId, kubeconfig = file, secretHash = hash }, $"""
            {file} holds the credential: put it on each control plane as {ClusterInstructions.WebhookFileOnControlPlane}, readable by the API server alone.

            For kubeidp.yaml, below clients and {cluster.ClientId}:

                tokenReview: {"{"} secretHash: "{hash}" {"}"}

            The API server's flags, in place of all --oidc- flags and --authentication-config, once the issuer runs with that:

            {(cluster with { AsksByWebhook = true }).ApiServerFlags()}
            """);
        return 0;
    }
}
