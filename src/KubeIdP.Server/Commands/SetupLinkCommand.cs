using System.CommandLine;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Onboarding;

namespace KubeIdP.Server.Commands;

internal static class SetupLinkCommand
{
    public static Command Create(CommandContext context)
    {
        var output = OutputFormat.Option();
        var command = new Command("setup-link", "Make the link by which a server without an administrator gets its first. It replaces an earlier one.") { output };
        command.SetPrivateAction((parsed, to, ct) => context.RunAsync(parsed, async services =>
        {
            switch (await services.GetRequiredService<SetupLinks>().ReplaceAsync(Actor.CommandLine, ct))
            {
                case SetupLinkAnswer.Made made:
                    await OutputFormat.WriteAsync(to, parsed.GetValue(output), new { setupLink = made.Url, expiresAt = made.ExpiresAt }, $"""
                        {made.Url}
                        Whoever opens it becomes the first administrator. It works once, until {TextTable.Moment(made.ExpiresAt)}.
                        """);
                    return 0;

                case SetupLinkAnswer.NotLocal:
                    await Console.Error.WriteLineAsync("Administrators come from another directory (admin.groups in the configuration); there is nothing to set up here.");
                    return CommandLine.NotDone;

                default:
                    await Console.Error.WriteLineAsync("There is an administrator already.");
                    return CommandLine.NotDone;
            }
        }, ct));
        return command;
    }
}
