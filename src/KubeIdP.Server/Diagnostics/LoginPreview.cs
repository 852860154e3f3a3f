using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Diagnostics;

/// <summary>What a login of somebody would see.</summary>
internal abstract record LoginPreviewResult
{
    private LoginPreviewResult()
    {
    }

    /// <summary>What an administrator of the upstream should know, a sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <param name="Subject">Null until the first login.</param>
    /// <param name="Hindrance">Why this server would refuse them all the same; null: it would not.</param>
    public sealed record Seen(ConnectorId Upstream, UpstreamIdentity Identity, string? Subject, string? Hindrance) : LoginPreviewResult;

    /// <param name="Why">As words for an administrator.</param>
    public sealed record NotSeen(ConnectorId Upstream, string Why) : LoginPreviewResult;
}

/// <summary>A login without the password, up to the second factor. Nothing is written down.</summary>
internal sealed class LoginPreview(ConnectorCatalog catalog, PersonReader reader)
{
    /// <param name="typed">As the person types it.</param>
    /// <param name="chosen">The upstream that they choose; null: none.</param>
    /// <param name="ct">Ends it; nothing is known then.</param>
    public async Task<LoginPreviewResult> RunAsync(string typed, string? chosen, CancellationToken ct)
    {
        // The form's rule knows only upstreams that take a password.
        var id = catalog.Choice(chosen) is { } named && catalog.RedirectChoices.Contains(named) ? named : catalog.Resolve(typed, chosen).Connector;
        if (UserName.Read(typed) is not { } name) return new LoginPreviewResult.NotSeen(id, "nobody can be called that: it holds a character that no user name may hold (RFC 8265)");
        if (catalog.Find(id) is not { } upstream) return new LoginPreviewResult.NotSeen(id, "No upstream is configured. \"people show\" shows the accounts of this server.");
        if (upstream.Connector is not IPreviewConnector connector)
            return new LoginPreviewResult.NotSeen(id, "Nobody can be looked up there without signing in (bindAs), so nothing can be seen.");

        var answer = await connector.PreviewAsync(name, ct);
        LoginPreviewResult preview = answer switch
        {
            UpstreamAnswer.Known(var identity) => await SeeAsync(identity, ct),
            UpstreamAnswer.Refused(var reason) => new LoginPreviewResult.NotSeen(id, Words(reason)),
            UpstreamAnswer.Unreachable(var detail) => new LoginPreviewResult.NotSeen(id, $"the upstream does not answer. {detail} Try check --connect."),
            var other => throw new InvalidOperationException($"{other} is an answer of an unknown kind."),
        };
        return preview with { Remarks = [.. answer.Remarks.Select(remark => remark.Words)] };
    }

    private async Task<LoginPreviewResult.Seen> SeeAsync(UpstreamIdentity identity, CancellationToken ct)
    {
        var person = await reader.FindAsync(identity.Connector, identity.UpstreamId, ct);
        return new LoginPreviewResult.Seen(identity.Connector, identity, person?.Id, person?.DisabledAt is { } ? "disabled on this server (people enable)" : await NameFaultAsync(identity, person?.Id, ct));
    }

    private async Task<string?> NameFaultAsync(UpstreamIdentity identity, string? subject, CancellationToken ct)
    {
        var holder = await reader.FindByNameAsync(UserName.Normalize(identity.Username), ct);
        return holder is null || holder.Id == subject ? null : $"the name {identity.Username} is that of another account ({holder.Connector}, subject {holder.Id})";
    }

    private static string Words(Refusal reason) => reason switch
    {
        Refusal.Unknown => "nobody who may sign in is called that (users.base, users.filter, users.names)",
        Refusal.Ambiguous => "several people are called that, so nobody can say who is meant (users.names)",
        Refusal.NotAllowed => "in none of the groups that may come in (groups.required)",
        Refusal.NameNotAllowed => "the name may not stand in a token: it begins with system:, or holds characters that no user name may hold (RFC 8265)",
        Refusal.Disabled => "the account is disabled at the upstream",
        Refusal.Expired => "the account has expired at the upstream",
        Refusal.PasswordExpired or Refusal.MustChangePassword => "a new password must be chosen at the upstream first",
        Refusal.LockedOut => "the upstream has locked the account for a time",
        _ => $"the upstream refuses it ({reason})",
    };
}
