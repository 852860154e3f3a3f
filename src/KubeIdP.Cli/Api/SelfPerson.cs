namespace KubeIdP.Cli.Api;

/// <summary>The person of a token, with the session that it belongs to.</summary>
/// <param name="Subject">The lasting id, <c>sub</c> in tokens.</param>
/// <param name="Username">As in tokens.</param>
/// <param name="Name">The display name; null if there is none.</param>
/// <param name="Email">Null if there is none.</param>
/// <param name="Upstream">Where the account is; local is this server.</param>
/// <param name="Groups">By the names of this server, before a cluster filters or renames them.</param>
/// <param name="Session">The session that the token belongs to.</param>
internal sealed record SelfPerson(
    string Subject, string Username, string? Name, string? Email, string Upstream, IReadOnlyList<string> Groups, SelfLogin Session);

/// <summary>The session of a token.</summary>
/// <param name="Id">The id, <c>sid</c> in tokens.</param>
/// <param name="SignedInAt">When the person last proved who they are in it.</param>
/// <param name="Methods">The authentication methods, by the names of RFC 8176.</param>
/// <param name="EndsAt">The absolute end.</param>
internal sealed record SelfLogin(string Id, DateTimeOffset SignedInAt, IReadOnlyList<string> Methods, DateTimeOffset EndsAt);
