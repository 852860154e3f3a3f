using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;

namespace KubeIdP.Data.Audit;

/// <summary>Which audit events to list. Null: any.</summary>
/// <param name="PersonId">The person who acted or who was affected.</param>
/// <param name="Cursor">The last row of the page before.</param>
public sealed record AuditFilter(
    string? Type = null, PersonId? PersonId = null, SessionId? SessionId = null, ClientId? ClientId = null, AddressRange? Address = null,
    DateTimeOffset? From = null, DateTimeOffset? Until = null, AuditCursor? Cursor = null);
