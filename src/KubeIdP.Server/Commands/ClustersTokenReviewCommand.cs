using System.CommandLine;
using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Core.Clusters;
using KubeIdP.Core.Files;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Creates the credential with which an API server calls the token review. It does not write the configuration: the administrator adds the
/// hash there.
/// </summary>
internal static class ClustersTokenReviewCommand
{
    public static Command Create(CommandContext context)
    {
        var client = ClustersCommand.Client();
        var file = new Option<FileInfo?>(
            "--kubeconfig") { Description =
                "The file for the webhook's kubeconfig, which must not exist; - prints it, and the rest to standard error. "
                    + "Default: token-review-CLIENT.yaml in the current folder." };
        var output = OutputFormat.Option();
        var command = new Command(
            "token-review",
            "Create the credential with which the API server calls the token review: write the webhook's kubeconfig, and print what the "
            + "configuration needs.") { client, file, output };
        command.SetAction(async (parsed, _) =>
        {
            if (!IsPrinted(parsed.GetValue(file)) && NamedFiles.Refusal(
                "Let your shell write the file: (umask 077; COMMAND --kubeconfig - > FILE)") is { } refusal)
            {
                await Console.Error.WriteLineAsync(refusal);
                return ExitCode.NotDone;
            }

            return await context.WithConfiguredClustersAsync(parsed, clusters =>
                MakeAsync(clusters.Find(parsed.GetValue(client)!), parsed.GetValue(file), parsed.GetValue(output)));
        });
        return command.With("clusters token-review kubernetes", "clusters token-review kubernetes --kubeconfig - > webhook.yaml");
    }

    private static bool IsPrinted(FileInfo? named) => named?.ToString() == "-";

    private static async Task<int> MakeAsync(ClusterInstructions cluster, FileInfo? named, string? format)
    {
        if (cluster.RefusalOfWebhook() is { } refusal)
        {
            await Console.Error.WriteLineAsync(refusal);
            return ExitCode.NotDone;
        }

        var (credential, hash) = ClientSecret.Create();
        var isPrinted = IsPrinted(named);
        var file = isPrinted ? "Standard output" : named?.FullName ?? Path.GetFullPath($"token-review-{cluster.ClientId}.yaml");
        var kubeconfig = cluster.WebhookKubeconfig(credential) + "\n";
        try
        {
            if (isPrinted) await Console.Out.WriteAsync(kubeconfig);
            else PrivateFiles.Create(file, kubeconfig);
        }
        catch (Exception fault) when (!isPrinted && fault is (IOException or UnauthorizedAccessException))
        {
            await Console.Error.WriteLineAsync($"{file} can't be written: {fault.Message} Name another with --kubeconfig.");
            return ExitCode.NotDone;
        }

        await ObjectOutput.WriteAsync(isPrinted ? Console.Error : Console.Out, format,
            new { client = cluster.ClientId, kubeconfig = file, secretHash = hash }, [file], $"""
            {file} contains the credential of the API server. Add to kubeidp.yaml, below clusters and {cluster.ClientId}:

                tokenReview: {"{"} secretHash: "{hash}" {"}"}

            {NextSteps(cluster with { AsksByWebhook = true })}
            """);
        return 0;
    }

    private static string NextSteps(ClusterInstructions cluster) => cluster.Platform is ClusterPlatform.Kubeadm or ClusterPlatform.Other
        ? $"""
            Copy the file to each control plane node as {ClusterInstructions.WebhookFileOnControlPlane},
            readable only by the API server. When the issuer runs with that key, replace all --oidc- flags and --authentication-config of
            the API server by:

            {cluster.ApiServerFlags()}

            Step by step: kubeidp-server clusters instructions {cluster.ClientId}
            """
        : $"When the issuer runs with that key, go on with: kubeidp-server clusters instructions {cluster.ClientId}";
}
