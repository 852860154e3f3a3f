using System.CommandLine;
using System.Text.Json.Nodes;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Administration;

/// <summary>Exports and erases the personal data of a person.</summary>
internal static class PersonalDataCommands
{
    public static Command Export(IVerbHost host)
    {
        var name = Name();
        var reason = ReasonOption.Create();
        var export = new Command("export",
            "Print all data stored about a person as JSON, except passwords and secrets. For requests of the person to see their "
            + "data.") { name };
        export.AddReason(reason, host);
        export.SetPrivateAction((parsed, output, ct) => host.AdministerAsync(parsed, async administration =>
        {
            if (await FindAsync(administration, parsed.GetValue(name)!, ct) is not { } person
                || await administration.ExportAsync(person.Id, parsed.GetValue(reason), ct) is not { } record)
                return await PersonCommands.NotFoundAsync(parsed.GetValue(name)!);

            await OutputFormat.WriteAsync(
                output, "json", JsonRows.Of(record, ApiJsonContext.Default.ApiPersonalData), names: [], _ => "");
            return 0;
        }, ct));
        return export.With($"people export alice --file alice.json{host.Why("request of the person")}");
    }

    public static Command Erase(IVerbHost host)
    {
        var name = Name();
        var yes = new Option<bool>("--yes") { Description = "Do not ask for confirmation. Erasing can't be undone." };
        var reason = ReasonOption.Create();
        var output = OutputFormat.Option();
        var erase = new Command("erase",
            $"""
            Erase the data stored about a disabled or removed person: name, email address, groups, factors, the addresses and
            browsers of their sessions, and the personal data in audit events, which stay verifiable. A person who is still in a
            directory can sign in again, as a new person, when the reservation of their user name ends
            ({UserName.Reservation.Days} days). Exported audit events (audit.jsonLines) are not erased: erase them yourself.
            """) { name, yes, output };
        erase.AddReason(reason, host);
        erase.SetAction((parsed, ct) => host.AdministerAsync(parsed, async administration =>
        {
            if (await FindAsync(administration, parsed.GetValue(name)!, ct) is not { } person)
                return await PersonCommands.NotFoundAsync(parsed.GetValue(name)!);

            // A person who was found by the subject may have no user name any more.
            var username = parsed.GetValue(name) == person.Id ? person.Id : person.Username;
            if (!parsed.GetValue(yes) && !await ConfirmAsync(username, ct)) return ExitCode.NotDone;

            switch (await administration.EraseAsync(person.Id, parsed.GetValue(reason), ct))
            {
                case EraseResult.Done(var events):
                    await OutputFormat.WriteAsync(
                        parsed.GetValue(output), new JsonObject { ["id"] = person.Id, ["auditEvents"] = events }, [person.Id],
                        $"The data stored about {username} is erased, and the personal data in {events} audit events. "
                        + $"The subject is kept: {person.Id}.");
                    return 0;
                case EraseResult.StillActive:
                    throw new CommandFault(
                        $"{username} can still sign in. First run: people disable {username}, or remove the account.");
                default:
                    return await PersonCommands.NotFoundAsync(parsed.GetValue(name)!);
            }
        }, ct));
        return erase.With($"people erase alice{host.Why("request of the person")}");
    }

    private static Argument<string> Name() =>
        new("NAME") { Description =
            "The user name, or the subject of a person who has no user name any more (people list --status removed)." };

    private static async Task<ApiPerson?> FindAsync(IAdministration administration, string name, CancellationToken ct) =>
        await administration.PersonOfNameAsync(name, ct) ?? await administration.PersonAsync(name, ct);

    private static async Task<bool> ConfirmAsync(string username, CancellationToken ct)
    {
        if ((await Prompt.ReadLineAsync($"This can't be undone. Type {username} to erase the data stored about them: ",
            ct))?.Trim() == username)
            return true;

        await Console.Error.WriteLineAsync("Nothing was done. Without a terminal, use --yes.");
        return false;
    }
}
