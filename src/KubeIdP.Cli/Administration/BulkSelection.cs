using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.Administration;

/// <summary>Which sessions <c>sessions revoke</c> ends, and the confirmation before it does.</summary>
internal sealed class BulkSelection
{
    private readonly Option<bool> all =
        new("--all") { Description =
            "All sessions of everybody. Needed after a restore from a backup: sessions that were ended since the backup would be live "
            + "again." };
    private readonly SessionSelection which = new("All");
    private readonly Option<DateTimeOffset?> since = TimestampOption.Create("--since",
        "All sessions that began at this time or later, such as 2027-01-31T09:00Z.");
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask for confirmation." };
    private readonly Option<bool> preview = new("--preview") { Description = "Only print how many sessions of how many people would end." };

    public void AddTo(Command command)
    {
        which.AddTo(command);
        foreach (var option in (Option[])[all, since, yes, preview]) command.Add(option);
        command.Validators.Add(given =>
        {
            if (given.GetValue(all) && IsFiltered(given)) given.AddError("--all can't be combined with a filter.");
            if (given.GetValue(yes) && given.GetValue(preview))
                given.AddError("--yes and --preview can't be combined: --preview ends nothing.");
        });
    }

    public bool IsGiven(CommandResult given) => given.GetValue(all) || IsFiltered(given);

    public async Task<int> EndAsync(IAdministration administration, ParseResult parsed, EndingReason reason, string? output,
        CancellationToken ct)
    {
        if (await which.QueryAsync(administration, parsed, ct) is not { } query) return ExitCode.NotDone;

        query = query with { Since = parsed.GetValue(since) };
        var size = await administration.MeasureAsync(query, ct);
        if (parsed.GetValue(preview))
        {
            await OutputFormat.WriteAsync(output, new JsonObject { ["sessions"] = size.Sessions, ["people"] = size.People }, names: [],
                $"{Words(size)} would end.");
            return 0;
        }

        if (!parsed.GetValue(yes) && !await ConfirmAsync(size, ct)) return ExitCode.NotDone;

        var ended = await administration.EndSessionsAsync(query, size, reason,
            Console.IsErrorRedirected ? null : done => Console.Error.Write($"\r{done} of {size.Sessions} sessions"), ct);
        if (!Console.IsErrorRedirected) await Console.Error.WriteLineAsync();
        await OutputFormat.WriteAsync(output, new JsonObject { ["ended"] = ended }, names: [],
            ended == 1 ? "One session has ended." : $"{ended} sessions have ended.");
        return 0;
    }

    /// <summary>The number must be typed, so that it is read first.</summary>
    private static async Task<bool> ConfirmAsync(ManySessions size, CancellationToken ct)
    {
        if (size.Sessions == 0) return true;

        var typed = await Prompt.ReadLineAsync($"{Words(size)} would end. Type the number of sessions to confirm: ", ct);
        if (typed?.Trim() == size.Sessions.ToString(CultureInfo.InvariantCulture)) return true;

        await Console.Error.WriteLineAsync("Nothing was ended. Without a terminal, use --yes.");
        return false;
    }

    private bool IsFiltered(CommandResult given) => which.AnyGiven(given) || given.GetValue(since) is not null;

    private static string Words(ManySessions size) =>
        $"{(size.Sessions == 1 ? "One session" : $"{size.Sessions} sessions")} of {(size.People == 1 ? "one person" : $"{size.People} "
            + $"people")}";
}
