using System.CommandLine;
using KubeIdP.Data.People;
using KubeIdP.Server.Api;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>Exports and erases the personal data of a person.</summary>
internal static class PersonalDataCommands
{
    public static Command Export(CommandContext context)
    {
        var name = Name();
        var reason = ReasonOption.Create();
        var export = new Command("export",
            "Print all data stored about a person as JSON, except passwords and secrets. For requests of the person to see their "
            + "data.") { name };
        export.AddReason(reason, context);
        export.SetPrivateAction((parsed, output, ct) => context.AdministerAsync(parsed, async administration =>
        {
            if (await FindAsync(administration, parsed.GetValue(name)!, ct) is not { } person
                || await administration.ExportAsync(person.Id, parsed.GetValue(reason), ct) is not { } record)
                return await PersonCommands.NotFoundAsync(parsed.GetValue(name)!);

            await OutputFormat.WriteAsync(output, "json", record, text: "");
            return 0;
        }, ct));
        return export;
    }

    public static Command Erase(CommandContext context)
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
            ({PersonStore.NameReservation.Days} days). Exported audit events (audit.jsonLines) are not erased: erase them yourself.
            """) { name, yes, output };
        erase.AddReason(reason, context);
        erase.SetAction((parsed, ct) => context.AdministerAsync(parsed, async administration =>
        {
            if (await FindAsync(administration, parsed.GetValue(name)!, ct) is not { } person)
                return await PersonCommands.NotFoundAsync(parsed.GetValue(name)!);

            // A person who was found by the subject may have no user name any more.
            var username = parsed.GetValue(name) == person.Id ? person.Id : person.Username;
            if (!parsed.GetValue(yes) && !await ConfirmAsync(username, ct)) return CommandLine.NotDone;

            switch (await administration.EraseAsync(person.Id, parsed.GetValue(reason), ct))
            {
                case Erasure.Done(var events):
                    await OutputFormat.WriteAsync(
                        parsed.GetValue(output), new { person.Id, auditEvents = events },
                        $"The data stored about {username} is erased, and the personal data in {events} audit events. "
                        + $"The subject is kept: {person.Id}.");
                    return 0;
                case Erasure.StillActive:
                    await Console.Error.WriteLineAsync(
                        $"{username} can still sign in. First run: people disable {username}, or remove the account.");
                    return CommandLine.NotDone;
                default:
                    return await PersonCommands.NotFoundAsync(parsed.GetValue(name)!);
            }
        }, ct));
        return erase;
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
