using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Diagnostics;

/// <summary>Previews a login without the password, up to the second factor. It stores nothing.</summary>
internal sealed class LoginPreview(ConnectorCatalog catalog, PersonReader reader)
{
    /// <param name="typed">The name as the person types it.</param>
    /// <param name="chosen">The upstream that the person chooses; null: none.</param>
    /// <param name="ct">Cancels the preview.</param>
    public async Task<LoginPreviewResult> RunAsync(string typed, string? chosen, CancellationToken ct)
    {
        // The rule of the form only covers upstreams that take a password.
        var id = catalog.Choice(chosen) is { } named && catalog.RedirectChoices.Contains(named)
            ? named
            : catalog.Resolve(typed, chosen).Connector;
        if (UserName.Read(typed) is not { } name)
            return new LoginPreviewResult.NotSeen(id,
                "this is not a possible user name: it contains a character that no user name may contain (RFC 8265)");
        if (catalog.Find(id) is not { } upstream)
            return new LoginPreviewResult.NotSeen(id, "No upstream is configured. \"people show\" shows the accounts of this server.");
        if (upstream.Connector is not IPreviewConnector connector)
            return new LoginPreviewResult.NotSeen(id, "This upstream can't look anybody up while they do not sign in.");

        var answer = await connector.PreviewAsync(name, ct);
        LoginPreviewResult preview = answer switch
        {
            UpstreamAnswer.Known(var identity) => await SeeAsync(identity, ct),
            UpstreamAnswer.Refused(var reason) => new LoginPreviewResult.NotSeen(id, ReasonOf(reason, connector.SettingsFor(reason))),
            UpstreamAnswer.Unreachable(var detail) =>
                new LoginPreviewResult.NotSeen(id, $"the upstream does not answer. {detail} Try check --connect."),
            var other => throw new InvalidOperationException($"{other} is an answer of an unknown kind."),
        };
        return preview with { Remarks = [.. answer.Remarks.Select(remark => remark.Words)] };
    }

    private async Task<LoginPreviewResult.Seen> SeeAsync(UpstreamIdentity identity, CancellationToken ct)
    {
        var person = await reader.FindAsync(identity.Connector, identity.UpstreamId, ct);
        return new LoginPreviewResult.Seen(identity.Connector, identity, person?.Id,
            person?.DisabledAt is { } ? "disabled on this server (people enable)" : await NameFaultAsync(identity, person?.Id, ct));
    }

    private async Task<string?> NameFaultAsync(UpstreamIdentity identity, string? subject, CancellationToken ct)
    {
        var holder = await reader.FindByNameAsync(UserName.Normalize(identity.Username), ct);
        return holder is null || holder.Id == subject
            ? null
            : $"the user name {identity.Username} belongs to another account ({holder.Connector}, subject {holder.Id})";
    }

    /// <param name="reason">Why nobody, or nobody who may sign in, was found.</param>
    /// <param name="settings">The keys of the settings that decide about it.</param>
    private static string ReasonOf(Refusal reason, IReadOnlyList<string> settings) =>
        settings is [] ? ReasonOf(reason) : $"{ReasonOf(reason)} ({string.Join(", ", settings)})";

    private static string ReasonOf(Refusal reason) => reason switch
    {
        Refusal.Unknown => "nobody who may sign in has this name",
        Refusal.Ambiguous => "several people have this name, so it is ambiguous",
        Refusal.NotAllowed => "not a member of any group that may sign in",
        Refusal.NameNotAllowed =>
            "the name is not allowed in a token: it begins with system:, or contains characters that no user name may contain (RFC 8265)",
        Refusal.Disabled => "the account is disabled at the upstream",
        Refusal.Expired => "the account has expired at the upstream",
        Refusal.PasswordExpired or Refusal.MustChangePassword => "a new password must be chosen at the upstream first",
        Refusal.LockedOut => "the upstream has locked the account temporarily",
        _ => $"the upstream refuses it ({reason})",
    };
}
