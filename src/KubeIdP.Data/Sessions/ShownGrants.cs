using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>Reads a <see cref="ShownGrant"/> from a row g of <c>grants</c>.</summary>
internal static class ShownGrants
{
    public const string Columns =
        "g.id, g.session_id, g.client_id, coalesce(g.code_redeemed_at, g.created_at) AS redeemed_at, g.last_used_at, g.refreshes, "
            + "g.ended_at, g.ended_why";

    public static ShownGrant Read(Row row) => new(
        row.Id<GrantId>("id"), row.Id<SessionId>("session_id"), row.Id<ClientId>("client_id"), row.Moment("redeemed_at"),
        row.Moment("last_used_at"), row.Long("refreshes"),
        row.MomentOrNull("ended_at"), row.TextOrNull("ended_why"));
}
