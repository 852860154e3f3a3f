using System.CommandLine;
using KubeIdP.Server.Hosting;

namespace KubeIdP.Server.Commands;

internal static class MigrateCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("migrate", "Make the database's schema current.");
        command.SetAction(async (parsed, ct) =>
        {
            if (context.Load(parsed) is not { } settings) return CommandLine.Misused;

            var services = new ServiceCollection();
            services.AddLogging().AddCommon(settings);
            await using var provider = services.BuildServiceProvider();
            await provider.PrepareStorageAsync(migrate: true, ct);
            await Console.Out.WriteLineAsync("The schema is current.");
            return 0;
        });
        return command;
    }
}
