using KubeIdP.Server.Clients;
using KubeIdP.Server.Diagnostics;

namespace KubeIdP.Server.Commands;

/// <summary>The result of a login preview, as JSON for scripts.</summary>
/// <param name="Why">Why the login would be refused; null when it would succeed.</param>
/// <param name="Clients">The groups in the tokens of each client for which they differ from all groups.</param>
/// <param name="NoAccess">The clients that the person may not use, each with the groups of which one is missing.</param>
/// <param name="Remarks">Notes for the administrator, such as which groups are left out and why.</param>
internal sealed record PreviewedLogin(
    string User, string Upstream, bool LetIn, string? Why, string? Username, string? DisplayName, string? Email, bool EmailVerified,
    string? UpstreamId, string? Subject,
    IReadOnlyList<string>? Groups, IReadOnlyList<ClientGroupsRow> Clients, IReadOnlyList<ClientGroupsRow> NoAccess,
    IReadOnlyList<string> Remarks)
{
    public static PreviewedLogin Of(string typed, LoginPreviewResult preview, ClientCatalog clients) => preview switch
    {
        LoginPreviewResult.Seen(var upstream, var identity, var subject, var refusal) => new(
            typed, upstream.Value, refusal is null, refusal, identity.Username, identity.DisplayName, identity.Email,
            identity.EmailVerified, identity.UpstreamId, subject,
            identity.Groups,
            [.. clients.All.Select(client => new ClientGroupsRow(client.Id, client.Groups.Of(identity.Groups)))
                .Where(row => !row.Groups.SequenceEqual(identity.Groups))],
            [.. clients.All.Where(client => !client.Access.Allows(upstream, identity.Groups))
                .Select(client => new ClientGroupsRow(client.Id, client.Access.Groups))],
            [.. preview.Remarks,
                .. clients.All.SelectMany(client =>
                    client.Groups.LeftOutOf(identity.Groups).Select(leftOut => $"{leftOut} at {client.Id}."))]),
        LoginPreviewResult.NotSeen(var upstream, var why) =>
            new(typed, upstream.Value, false, why, null, null, null, false, null, null, null, [], [], preview.Remarks),
        _ => throw new InvalidOperationException("A preview of an unknown kind."),
    };
}

internal sealed record ClientGroupsRow(string Client, IReadOnlyList<string> Groups);
