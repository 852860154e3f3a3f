using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Data.Sessions;

/// <summary>A session as found by the cookie of its browser, with what a login in it needs to know of the person.</summary>
public sealed record BrowserSession
{
    public required SessionId Id { get; init; }

    /// <inheritdoc cref="Session.CookieGeneration"/>
    public required int CookieGeneration { get; init; }

    public required PersonId PersonId { get; init; }

    public required ConnectorId Connector { get; init; }

    public required string Username { get; init; }

    public required long FactorEpoch { get; init; }

    /// <summary>The wrong second factors of the person since the last right one.</summary>
    public required int FactorFailures { get; init; }

    /// <inheritdoc cref="Session.AuthTime"/>
    public required DateTimeOffset AuthTime { get; init; }

    /// <inheritdoc cref="Session.Amr"/>
    public required string Amr { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>When it was last used, by the browser or by any of its grants.</summary>
    public required DateTimeOffset LastActiveAt { get; init; }

    public required DateTimeOffset Now { get; init; }

    public SessionHandle Handle => new(Id, CookieGeneration);
}
