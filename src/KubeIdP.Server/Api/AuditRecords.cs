using KubeIdP.Cli.Api;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;

namespace KubeIdP.Server.Api;

/// <summary>Rows of the database as the API's records of audit events.</summary>
internal static class AuditRecords
{
    public static ApiAuditEvent Of(ListedAuditEvent one) => new(
        one.Id, one.At, one.Type, one.Actor, one.ActorName, one.PersonId, one.PersonName, one.SessionId, one.GrantId, one.ClientId,
        one.Address, one.Detail, one.Reason, one.Reference);

    public static ApiRecordedAuditEvent RecordedOf(RecordedAuditEvent one) => new(
        one.Id, one.At, one.Type, one.Actor, one.Person, one.Session, one.Client, one.Address, one.Detail, one.Reason, one.Reference);
}
