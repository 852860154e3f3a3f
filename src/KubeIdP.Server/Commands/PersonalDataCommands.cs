using System.CommandLine;
using KubeIdP.Data.People;
using KubeIdP.Server.Api;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>What is kept of somebody, handed out and erased.</summary>
internal static class PersonalDataCommands
{
    public static Command Export(CommandContext context)
    {
        var name = Name();
        var reason = ReasonOption.Create();
        var export = new Command("export", "Print all that is kept of a person as JSON, but for passwords and secrets: for the person, who may ask for it.") { name };
        export.AddReason(reason, context);
        export.SetPrivateAction((parsed, output, ct) => context.AdministerAsync(parsed, async administration =>
        {
            if (await FindAsync(administration, parsed.GetValue(name)!, ct) is not { } person || await administration.ExportAsync(person.Id, parsed.GetValue(reason), ct) is not { } record)
                return await PersonVerbs.NotFoundAsync(parsed.GetValue(name)!);

            await OutputFormat.WriteAsync(output, "json", record, text: "");
            return 0;
        }, ct));
        return export;
    }

    public static Command Erase(CommandContext context)
    {
        var name = Name();
        var yes = new Option<bool>("--yes") { Description = "Don't ask: it can't be undone." };
        var reason = ReasonOption.Create();
        var output = OutputFormat.Option();
        var erase = new Command("erase",
            $"""
            Erase what is kept of a person who has been disabled or removed: name, address, groups, factors, where their sessions came from, and what is personal in the audit, which stays provable. Whoever is still in a directory can sign in again, as somebody new, once their user name is no longer kept from others ({PersonStore.NameReservation.Days} days). Lines that were written out (audit.jsonLines) are for you to erase.
            """) { name, yes, output };
        erase.AddReason(reason, context);
        erase.SetAction((parsed, ct) => context.AdministerAsync(parsed, async administration =>
        {
            if (await FindAsync(administration, parsed.GetValue(name)!, ct) is not { } person)
                return await PersonVerbs.NotFoundAsync(parsed.GetValue(name)!);

            // Who is found by their subject alone may have no name any more.
            var username = parsed.GetValue(name) == person.Id ? person.Id : person.Username;
            if (!parsed.GetValue(yes) && !await IsMeantAsync(username, ct)) return CommandLine.NotDone;

            switch (await administration.EraseAsync(person.Id, parsed.GetValue(reason), ct))
            {
                case Erasure.Done(var events):
                    await OutputFormat.WriteAsync(
                        parsed.GetValue(output), new { person.Id, auditEvents = events },
                        $"What was kept of {username} is erased, and the personal part of {events} audit events. "
                        + $"The subject stays: {person.Id}.");
                    return 0;
                case Erasure.StillActive:
                    await Console.Error.WriteLineAsync($"{username} may still sign in: people disable {username}, or remove the account first.");
                    return CommandLine.NotDone;
                default:
                    return await PersonVerbs.NotFoundAsync(parsed.GetValue(name)!);
            }
        }, ct));
        return erase;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The user name, or the subject of somebody who has no name here any more (people list --status removed)." };

    private static async Task<ApiPerson?> FindAsync(IAdministration administration, string name, CancellationToken ct) =>
        await administration.PersonOfNameAsync(name, ct) ?? await administration.PersonAsync(name, ct);

    private static async Task<bool> IsMeantAsync(string username, CancellationToken ct)
    {
        if ((await Prompt.ReadLineAsync($"This can't be undone. Type {username} to erase what is kept of them: ", ct))?.Trim() == username) return true;

        await Console.Error.WriteLineAsync("Nothing was done. Without a terminal write --yes.");
        return false;
    }
}
