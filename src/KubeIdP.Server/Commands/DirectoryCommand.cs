using System.CommandLine;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Diagnostics;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Commands;

/// <summary>What the directories say, for whoever prepares or examines them.</summary>
internal static class DirectoryCommand
{
    public static Command Create(CommandContext context) => new("directory", "The directories of the configuration.") { Test(context) };

    private static Command Test(CommandContext context)
    {
        var user = new Argument<string>("user") { Description = "The name as the person types it; a domain in it chooses the directory." };
        var directory = new Option<string?>("--directory") { Description = "The directory to ask, by its name in the configuration. Without it the one that the login page offers first." };
        var output = OutputFormat.Option();
        var test = new Command("test", "Show what a login of somebody would see, without their password. Exit status: 0 let in, 1 not.") { user, directory, output };
        test.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var catalog = services.GetRequiredService<ConnectorCatalog>();
            if (parsed.GetValue(directory) is { } chosen && catalog.Find(new ConnectorId(chosen)) is null)
            {
                await Console.Error.WriteLineAsync(catalog.All is []
                    ? "No directory is configured."
                    : $"There is no directory {chosen}. There are: {string.Join(", ", catalog.All.Select(one => one.Id))}.");
                return CommandLine.Misused;
            }

            var typed = parsed.GetValue(user)!;
            var rehearsal = await services.GetRequiredService<LoginPreview>().RunAsync(typed, parsed.GetValue(directory), ct);
            var row = PreviewedLogin.Of(typed, rehearsal, services.GetRequiredService<ClientCatalog>());
            await OutputFormat.WriteAsync(parsed.GetValue(output), row, Text(row));
            return row.LetIn ? 0 : CommandLine.NotDone;
        }, ct));
        return test;
    }

    private static string Text(PreviewedLogin row) => TextLines.Of(
    [
        ("User", row.User),
        ("Directory", row.Directory),
        ("Let in", row.LetIn ? "yes, with the right password" : $"no: {row.Why}"),
        ("Username", row.Username is { } username ? PersonRow.Shown(username) : null),
        ("Display name", row.DisplayName),
        ("Email", row.Email is null ? null : $"{row.Email}{(row.EmailVerified ? ", verified" : "")}"),
        ("Id in the directory", row.UpstreamId),
        ("Subject", row.LetIn ? row.Subject ?? "none yet, the first login makes one" : row.Subject),
        ("Groups", row.Groups is null ? null : row.Groups.Count == 0 ? "none" : string.Join(", ", row.Groups)),
        .. row.Clients.Select(client => ($"Groups at {client.Client}", (string?)(client.Groups.Count == 0 ? "none" : string.Join(", ", client.Groups)))),
        .. row.Remarks.Select(remark => ("Look at", (string?)remark)),
    ]);
}

/// <summary>As scripts see it.</summary>
/// <param name="Why">Null when the person would be let in.</param>
/// <param name="Clients">What goes into the tokens of each client, where that differs from all groups.</param>
/// <param name="Remarks">What an administrator should know beside it, such as which groups are left out and why.</param>
internal sealed record PreviewedLogin(
    string User, string Directory, bool LetIn, string? Why, string? Username, string? DisplayName, string? Email, bool EmailVerified, string? UpstreamId, string? Subject,
    IReadOnlyList<string>? Groups, IReadOnlyList<ClientGroupsRow> Clients, IReadOnlyList<string> Remarks)
{
    public static PreviewedLogin Of(string typed, LoginPreviewResult rehearsal, ClientCatalog clients) => rehearsal switch
    {
        LoginPreviewResult.Seen(var directory, var identity, var subject, var hindrance) => new(
            typed, directory.Value, hindrance is null, hindrance, identity.Username, identity.DisplayName, identity.Email, identity.EmailVerified, identity.UpstreamId, subject,
            identity.Groups, [.. clients.All.Select(client => new ClientGroupsRow(client.Id, client.Groups.Of(identity.Groups))).Where(row => !row.Groups.SequenceEqual(identity.Groups))],
            [.. rehearsal.Remarks, .. clients.All.SelectMany(client => client.Groups.LeftOutOf(identity.Groups).Select(leftOut => $"{leftOut} at {client.Id}."))]),
        LoginPreviewResult.NotSeen(var directory, var why) => new(typed, directory.Value, false, why, null, null, null, false, null, null, null, [], rehearsal.Remarks),
        _ => throw new InvalidOperationException("A rehearsal of an unknown kind."),
    };
}

internal sealed record ClientGroupsRow(string Client, IReadOnlyList<string> Groups);
