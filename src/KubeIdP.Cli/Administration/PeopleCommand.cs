using System.CommandLine;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.People;

namespace KubeIdP.Cli.Administration;

/// <summary>
/// People of all upstreams: for scripts, and for when the web is not available. Commands for local accounts only say so.
/// </summary>
internal static class PeopleCommand
{
    public static Command Create(IVerbHost host)
    {
        var people = new Command("people", "List, add and change people, of all upstreams.")
        {
            PeopleAddCommand.Create(host),
            List(host),
            PersonShowCommand.Create(host),
        };
        foreach (var act in PersonCommands.Acts(host)) people.Add(act);
        people.Add(PeopleEnrolCommand.Create(host));
        people.Add(PersonalDataCommands.Export(host));
        people.Add(PersonalDataCommands.Erase(host));
        return people;
    }

    private static Command List(IVerbHost host)
    {
        var text = new Option<string?>("--search") { Description = "Part of a user name, a display name or an email address." };
        var group = new Option<string?>("--group") { Description = "Only members of this group." };
        var status = new Option<string?>("--status") { Description = "Only people with this status. Default: all but removed people." };
        status.AcceptOnlyFromAmong([.. PersonStatusName.All]);
        var upstream = new Option<string?>("--upstream") { Description = "Only accounts of this upstream; local is this server." };
        var limit = new ListLimit(500);
        var output = OutputFormat.Option();

        var list = new Command("list", "List the people, by name.") { text, group, status, upstream, limit.Limit, limit.Cursor, output };
        list.SetAction((parsed, ct) => host.AdministerAsync(parsed, async administration =>
        {
            var query = new PeopleQuery
            {
                Search = parsed.GetValue(text), Status = parsed.GetValue(status), Group = parsed.GetValue(group),
                Upstream = parsed.GetValue(upstream),
            };
            await limit.ShowAsync(
                parsed, async cursor => (await administration.PeopleAsync(query with { Cursor = cursor }, ct)).Parts, ApiCursor.After,
                people => OutputFormat.WriteAsync(parsed.GetValue(output), JsonRows.Of(people, ApiJsonContext.Default.ApiPerson),
                    people.Select(person => person.Username),
                    width => people.Count == 0 ? "No person matches." : Table(width, people)));
            return 0;
        }, ct));
        return list.With("people list --group developers", "people list --status notEnrolled --output name");
    }

    private static string Table(int? width, IEnumerable<ApiPerson> people) => TextTable.Of(width,
        ["NAME", "STATUS", "GROUPS", "EMAIL", "UPSTREAM", "SESSIONS"],
        people.Select(person => (string[])
        [
            PersonRow.Shown(person.Username), PersonStatusName.Of(person.Status), string.Join(',', person.Groups),
            person.Email ?? "", person.Upstream, $"{person.LiveSessions}",
        ]));
}
