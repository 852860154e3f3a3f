using System.CommandLine;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Onboarding;

namespace KubeIdP.Server.Commands;

internal static class SetupLinkCommand
{
    public static Command Create(CommandContext context)
    {
        var output = OutputFormat.Option();
        var command = new Command("setup-link",
            "Create the link with which the first administrator is set up. It replaces an earlier link.") { output };
        command.SetPrivateAction((parsed, to, ct) => context.RunAsync(parsed, async services =>
        {
            switch (await services.GetRequiredService<SetupLinks>().ReplaceAsync(Actor.CommandLine, ct))
            {
                case SetupLinkAnswer.Made made:
                    SetupLinkFile.Delete(services.GetRequiredService<DataDirectory>().Path);
                    await ObjectOutput.WriteAsync(
                        to, parsed.GetValue(output), new { setupLink = made.Url, expiresAt = made.ExpiresAt }, [made.Url],
                        $"""
                        {made.Url}
                        Who opens this link becomes the first administrator. It works once, until {TextTable.Timestamp(made.ExpiresAt)}.
                        """);
                    return 0;

                case SetupLinkAnswer.NotLocal:
                    await Console.Error.WriteLineAsync(
                        "The administrators are in an upstream directory (admin.groups in the configuration), so no local administrator "
                        + "can be set up.");
                    return ExitCode.NotDone;

                default:
                    await Console.Error.WriteLineAsync("There already is an administrator.");
                    return ExitCode.NotDone;
            }
        }, ct));
        return command.With("setup-link --file setup-link");
    }
}
