using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Connectors;
using KubeIdP.Server.Clients;
using System.CommandLine;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Diagnostics;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Commands;

/// <summary>Lists the configured upstreams, and tests them with a login preview.</summary>
internal static class UpstreamCommand
{
    public static Command Create(CommandContext context) =>
        new("upstream", "List and test the configured upstreams.") { List(context), Test(context) };

    private static Command List(CommandContext context)
    {
        var output = OutputFormat.Option();
        var list = new Command("list", "List the upstreams, without connecting to them.") { output };
        list.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var configured = services.GetRequiredService<IReadOnlyDictionary<string, UpstreamOptions>>();
            List<UpstreamRow> rows =
                [.. services.GetRequiredService<ConnectorCatalog>().All.Select(one => UpstreamRow.Of(one, configured[one.Id.Value]))];
            await ObjectOutput.WriteAsync(parsed.GetValue(output), rows, rows.Select(row => row.Name),
                width => rows is [] ? "No upstream is configured." : Table(width, rows));
            return 0;
        }, ct));
        return list.With("upstream list");
    }

    private static string Table(int? width, IEnumerable<UpstreamRow> rows) => TextTable.Of(width,
        ["NAME", "KIND", "DOMAINS", "SIGN-IN", "LOOKED UP AGAIN"],
        rows.Select(row => (string[])
        [
            row.Name, row.Kind, row.Domains is [] ? "-" : string.Join(", ", row.Domains), row.SignIn, row.IsLookedUpAgain ? "yes" : "no",
        ]));

    private static Command Test(CommandContext context)
    {
        var user = new Argument<string>(
            "user") { Description = "The user name as the person types it; a domain in it selects the upstream." };
        var upstream = new Option<string?>("--upstream")
        {
            Description = "The name of the upstream in the configuration. Default: the one that the login page offers first.",
        };
        var output = OutputFormat.Option();
        var test = new Command("test",
            "Preview the login of a person, without their password. Exit status: 0 the login would succeed, 1 it would not.")
        {
            user, upstream, output,
        };
        test.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var catalog = services.GetRequiredService<ConnectorCatalog>();
            if (parsed.GetValue(upstream) is { } chosen && catalog.Find(new ConnectorId(chosen)) is null)
            {
                await Console.Error.WriteLineAsync(catalog.All is []
                    ? "No upstream is configured."
                    : $"There is no upstream {chosen}. There are: {string.Join(", ", catalog.All.Select(one => one.Id))}.");
                return ExitCode.Misused;
            }

            var typed = parsed.GetValue(user)!;
            var preview = await services.GetRequiredService<LoginPreview>().RunAsync(typed, parsed.GetValue(upstream), ct);
            var row = PreviewedLogin.Of(typed, preview, services.GetRequiredService<ClientCatalog>());
            await ObjectOutput.WriteAsync(parsed.GetValue(output), row, row.Username is { } name ? [name] : [], Text(row));
            return row.LetIn ? 0 : ExitCode.NotDone;
        }, ct));
        return test.With("upstream test alice@example.com");
    }

    private static string Text(PreviewedLogin row) => TextLines.Of(
    [
        ("User", row.User),
        ("Upstream", row.Upstream),
        ("Let in", row.LetIn ? "yes, with the right password" : $"no: {row.Why}"),
        ("Username", row.Username is { } username ? PersonRow.Shown(username) : null),
        ("Display name", row.DisplayName),
        ("Email", row.Email is null ? null : $"{row.Email}{(row.EmailVerified ? ", verified" : "")}"),
        ("Id at the upstream", row.UpstreamId),
        ("Subject", row.LetIn ? row.Subject ?? "none yet; the first login creates it" : row.Subject),
        ("Groups", row.Groups is null ? null : GroupsText(row.Groups)),
        .. row.Clients.Select(client => ($"Groups at {client.Client}", (string?)GroupsText(client.Groups))),
        .. row.NoAccess.Select(client => ($"May not use {client.Client}", (string?)$"only for members of {GroupsText(client.Groups)}")),
        .. row.Remarks.Select(remark => ("Note", (string?)remark)),
    ]);

    private static string GroupsText(IReadOnlyList<string> groups) => groups.Count == 0 ? "none" : string.Join(", ", groups);
}
