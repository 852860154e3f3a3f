using System.CommandLine;
using KubeIdP.Cli.Terminal;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Commands;

internal static class ClientsCommand
{
    public static Command Create()
    {
        var output = OutputFormat.Option();
        var secret = new Command("secret", "Create a secret for a web client, and its hash for the configuration.") { output };
        secret.SetPrivateAction(async (parsed, to, _) =>
        {
            var (plain, hash) = ClientSecret.Create();
            await ObjectOutput.WriteAsync(to, parsed.GetValue(output), new { secret = plain, secretHash = hash }, [plain], $"""
                Secret, for the client (shown this once):  {plain}
                secretHash, for kubeidp.yaml:              {hash}
                """);
            return 0;
        });
        secret.With("clients secret --file grafana.secret");
        return new Command("clients", "Create secrets for clients. The clients themselves are in the configuration.") { secret };
    }
}
