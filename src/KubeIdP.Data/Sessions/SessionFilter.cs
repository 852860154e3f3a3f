using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;
using KubeIdP.Core.Sessions;

namespace KubeIdP.Data.Sessions;

/// <summary>Which live sessions to list. Null: any.</summary>
public sealed record SessionFilter
{
    /// <summary>Part of a user name, a display name or a mail address.</summary>
    public string? Person { get; init; }

    /// <summary>The sessions of this very person.</summary>
    public PersonId? PersonId { get; init; }

    public string? Group { get; init; }

    /// <summary>A client that has a live grant in the session.</summary>
    public ClientId? ClientId { get; init; }

    /// <summary>Begun from this address, or from one of this network.</summary>
    public AddressRange? Address { get; init; }

    /// <summary>A name of RFC 8176 that is among the session's <c>amr</c>.</summary>
    public string? Method { get; init; }

    /// <summary>How it began.</summary>
    public SessionKind? Kind { get; init; }

    /// <summary>Signed in at this moment or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Signed in at this moment or earlier.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Sessions that were not used for this long are over; null: no limit.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    public SessionCursor? Cursor { get; init; }
}
