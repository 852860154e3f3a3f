using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;
using KubeIdP.Core.Sessions;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Api;

/// <summary>The API's query for sessions as a filter of the database, for the API and the commands alike.</summary>
internal static class SessionFilters
{
    /// <summary>What is wrong with the query; null when it is valid.</summary>
    public static string? FaultOf(SessionQuery query) => ApiAddress.FaultOf(query.Address)
        ?? (query.Kind is { } kind && ApiEnum.Parse<SessionKind>(kind) is null ? "kind takes browser or device." : null);

    /// <inheritdoc cref="FaultOf(SessionQuery)"/>
    public static string? FaultOf(SessionQuery query, string? cursor) =>
        cursor is not null && SessionCursor.Parse(cursor) is null ? ApiPages.WrongCursor : FaultOf(query);

    /// <summary>Only without a fault: an unreadable value would match the sessions of all people.</summary>
    public static SessionFilter Of(SessionQuery query, SessionOptions options, string? cursor = null) => new()
    {
        Person = query.Person, PersonId = Identifier.OrNull<PersonId>(query.PersonId), Group = query.Group,
        ClientId = Identifier.OrNull<ClientId>(query.Client),
        Address = query.Address is null ? null : AddressRange.Parse(query.Address), Method = query.Method,
        Kind = query.Kind is null ? null : ApiEnum.Parse<SessionKind>(query.Kind), Since = query.Since,
        Until = query.Until, IdleTimeout = options.IdleTimeout, Cursor = SessionCursor.Parse(cursor),
    };
}
