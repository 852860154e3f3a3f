using System.CommandLine;
using KubeIdP.Cli;
using KubeIdP.Cli.Terminal;
using KubeIdP.Server.Storage;

namespace KubeIdP.Server.Commands;

internal static class MigrateCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("migrate", "Migrate the database schema to the current version.");
        command.SetAction(async (parsed, ct) =>
        {
            if (context.Load(parsed) is not { } settings) return ExitCode.Misused;

            await using var database = StorageSetup.Open(settings.Database, settings.DataDirectory, TimeProvider.System);
            await database.PrepareAsync(migrate: true, ct);
            await Console.Out.WriteLineAsync("The database schema is up to date.");
            return 0;
        });
        return command.With("migrate");
    }
}
