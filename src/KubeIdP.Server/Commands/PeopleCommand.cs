using System.CommandLine;
using KubeIdP.Core.Naming;
using KubeIdP.Data.People;

namespace KubeIdP.Server.Commands;

/// <summary>People of every upstream, for when the web is not available and for scripts. What is for our own accounts alone is in <see cref="UsersCommand"/>.</summary>
internal static class PeopleCommand
{
    public static Command Create(CommandContext context)
    {
        var people = new Command("people", "Everybody who can sign in, wherever their accounts live.")
        {
            List(context, PeopleScope.Everybody),
            PersonShowCommand.Create(context, PeopleScope.Everybody),
            UserChanges.Disable(context, PeopleScope.Everybody),
            UserChanges.Enable(context, PeopleScope.Everybody),
            UserChanges.ResetFactors(context, PeopleScope.Everybody),
            UserChanges.Unlock(context, PeopleScope.Everybody),
            PersonalDataCommands.Export(context),
            PersonalDataCommands.Erase(context),
        };
        context.Server.AddTo(people);
        return people;
    }

    public static Command List(CommandContext context, PeopleScope scope)
    {
        var text = new Option<string?>("--search") { Description = "Part of a user name, a display name or a mail address." };
        var group = new Option<string?>("--group") { Description = "Only members of this group." };
        var status = new Option<string?>("--status") { Description = "Only these; without it everybody but the removed." };
        status.AcceptOnlyFromAmong([.. Enum.GetValues<PersonStatus>().Select(PersonRow.StatusOf)]);
        var connector = new Option<string?>("--connector") { Description = "Only accounts that live there; local is this server." };
        var limit = new ListLimit(500);
        var output = OutputFormat.Option();

        var list = new Command("list", "List the people, by name.") { text, group, status, limit.Limit, limit.After, output };
        if (scope.Connector is null) list.Add(connector);
        list.SetAction((parsed, ct) => context.AdministerAsync(parsed, async administration =>
        {
            var filter = new PeopleFilter(
                parsed.GetValue(text), StatusOf(parsed.GetValue(status)), parsed.GetValue(group), scope.Connector ?? parsed.GetValue(connector));
            await limit.ShowAsync(
                parsed, after => administration.PeopleAsync(filter with { After = after }, ct), person => UserName.Normalize(person.Username),
                people => OutputFormat.WriteAsync(parsed.GetValue(output), people.Select(PersonRow.Of), people.Count == 0 ? "There is nobody." : Table(people)));
            return 0;
        }, ct));
        return list;
    }

    private static PersonStatus? StatusOf(string? text) => text is null ? null : Enum.GetValues<PersonStatus>().Single(status => PersonRow.StatusOf(status) == text);

    private static string Table(IEnumerable<ListedPerson> people) => TextTable.Of(
        ["NAME", "STATUS", "GROUPS", "EMAIL", "CONNECTOR", "SESSIONS"],
        people.Select(PersonRow.Of).Select(row => (string[])[PersonRow.Shown(row.Name), row.Status, string.Join(',', row.Groups), row.Email ?? "", row.Connector, $"{row.LiveSessions}"]));
}
