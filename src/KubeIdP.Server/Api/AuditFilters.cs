using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Api;

/// <summary>The API's query for audit events as a filter of the database, for the API and the commands alike.</summary>
internal static class AuditFilters
{
    /// <summary>What is wrong with the query; null when it is valid.</summary>
    public static string? FaultOf(AuditQuery query)
    {
        // The types are about forty, too many for --help and for the document.
        if (query.Type is { } type && !AuditEventType.All.Contains(type))
            return $"There is no audit event type {type}. The types are: {string.Join(", ", AuditEventType.All)}.";
        if (query.Cursor is not null && AuditCursor.Parse(query.Cursor) is null) return ApiPages.WrongCursor;

        return ApiAddress.FaultOf(query.Address);
    }

    /// <summary>Only without a fault: an unreadable value would match everything.</summary>
    public static AuditFilter Of(AuditQuery query) => new(
        query.Type, Identifier.OrNull<PersonId>(query.PersonId), Identifier.OrNull<SessionId>(query.Session),
        Identifier.OrNull<ClientId>(query.Client), query.Address is null ? null : AddressRange.Parse(query.Address), query.Since,
        query.Until, AuditCursor.Parse(query.Cursor));
}
