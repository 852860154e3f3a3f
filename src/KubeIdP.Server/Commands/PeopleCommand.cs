using System.CommandLine;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Server.Api;
using KubeIdP.Server.Reports;

namespace KubeIdP.Server.Commands;

/// <summary>
/// People of all upstreams: for scripts, and for when the web is not available. Commands for local accounts only say so.
/// </summary>
internal static class PeopleCommand
{
    public static Command Create(CommandContext context)
    {
        var people = new Command("people", "List, add and change people, of all upstreams.")
        {
            PeopleAddCommand.Create(context),
            List(context),
            PersonShowCommand.Create(context),
        };
        foreach (var act in PersonCommands.Acts(context)) people.Add(act);
        people.Add(PeopleEnrolCommand.Create(context));
        people.Add(PersonalDataCommands.Export(context));
        people.Add(PersonalDataCommands.Erase(context));
        context.Server.AddTo(people);
        return people;
    }

    private static Command List(CommandContext context)
    {
        var text = new Option<string?>("--search") { Description = "Part of a user name, a display name or an email address." };
        var group = new Option<string?>("--group") { Description = "Only members of this group." };
        var status = new Option<string?>("--status") { Description = "Only people with this status. Default: all but removed people." };
        status.AcceptOnlyFromAmong([.. PersonStatusName.All]);
        var upstream = new Option<string?>("--upstream") { Description = "Only accounts of this upstream; local is this server." };
        var limit = new ListLimit(500);
        var output = OutputFormat.Option();

        var list = new Command("list", "List the people, by name.") { text, group, status, upstream, limit.Limit, limit.Cursor, output };
        list.SetAction((parsed, ct) => context.AdministerAsync(parsed, async administration =>
        {
            var filter = new PeopleFilter(
                parsed.GetValue(text), PersonStatusName.Parse(parsed.GetValue(status)), parsed.GetValue(group),
                Identifier.OrNull<ConnectorId>(parsed.GetValue(upstream)));
            await limit.ShowAsync(
                parsed, cursor => administration.PeopleAsync(filter with { Cursor = cursor }, ct),
                person => UserName.Normalize(person.Username),
                people => OutputFormat.WriteAsync(parsed.GetValue(output), people,
                    people.Count == 0 ? "No person matches." : Table(people)));
            return 0;
        }, ct));
        return list;
    }

    private static string Table(IEnumerable<ApiPerson> people) => TextTable.Of(
        ["NAME", "STATUS", "GROUPS", "EMAIL", "UPSTREAM", "SESSIONS"],
        people.Select(person => (string[])
        [
            PersonRow.Shown(person.Username), PersonStatusName.Of(person.Status), string.Join(',', person.Groups),
            person.Email ?? "", person.Upstream, $"{person.LiveSessions}",
        ]));
}
