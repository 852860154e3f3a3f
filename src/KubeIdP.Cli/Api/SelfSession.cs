using KubeIdP.Core.Sessions;

namespace KubeIdP.Cli.Api;

/// <summary>A live session of the person.</summary>
/// <param name="Id">The id, <c>sid</c> in tokens.</param>
/// <param name="Current">Whether it is the session of the token.</param>
/// <param name="Kind">How it began: by a login in a browser, or by a device code (RFC 8628).</param>
/// <param name="Device">The browser that signed in, such as "Firefox on Linux".</param>
/// <param name="Address">From which it signed in; null if unknown.</param>
/// <param name="SignedInAt">When the person last proved who they are in it.</param>
/// <param name="LastUsedAt">When the browser or any client last used it.</param>
/// <param name="EndsAt">The absolute end.</param>
/// <param name="Methods">The authentication methods, by the names of RFC 8176.</param>
/// <param name="Clients">The clients with a live grant in it.</param>
internal sealed record SelfSession(
    string Id, bool Current, SessionKind Kind, string Device, string? Address, DateTimeOffset SignedInAt, DateTimeOffset LastUsedAt,
    DateTimeOffset EndsAt, IReadOnlyList<string> Methods, IReadOnlyList<string> Clients);
