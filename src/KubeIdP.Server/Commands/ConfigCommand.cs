using System.CommandLine;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Commands;

/// <summary>Shows the configuration, and documents its keys.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandContext context) =>
        new("config", "Show the configuration and its reference.") { Show(context), Reference() };

    private static Command Show(CommandContext context)
    {
        var output = OutputFormat.Option();
        var show = new Command("show", "Print every key with its effective value and source. Secrets are masked.") { output };
        show.SetAction(async (parsed, _) =>
        {
            switch (context.Read(parsed))
            {
                case SettingsAnswer.Usable usable:
                    var keys = EffectiveSettings.List(usable.Settings, usable.SourceOf);
                    await ObjectOutput.WriteAsync(parsed.GetValue(output), keys, keys.Select(key => key.Key),
                        width => TextTable.Of(
                            width, ["KEY", "VALUE", "SOURCE"], keys.Select(key => (string[])[key.Key, key.Value ?? "-", key.Source])));
                    return 0;
                case SettingsAnswer.Unusable unusable:
                    unusable.Faults.Print(Console.Error);
                    return ExitCode.Misused;
                default:
                    throw new InvalidOperationException("An answer of an unknown kind.");
            }
        });
        return show.With("config show --config kubeidp.yaml");
    }

    private static Command Reference()
    {
        var reference = new Command("reference", "Print the reference of all keys, as Markdown.");
        reference.SetAction(async (_, _) =>
        {
            await Console.Out.WriteAsync(ConfigurationReference.Render<Settings>());
            return 0;
        });
        return reference.With("config reference");
    }
}
