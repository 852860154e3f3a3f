using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Authorize;

namespace KubeIdP.Server.Factors;

/// <summary>An attempt at a second factor: the person, and the origin for the audit log.</summary>
/// <param name="Proof">The first proof before the factor; for an invitation the password that is about to be set.</param>
/// <param name="ClientId">Null outside a login.</param>
internal sealed record FactorAttempt(FirstProof Proof, ClientId? ClientId, string? Address, string Reference)
{
    public NewAuditEvent Event(string type, string detail) => new(type)
    {
        PersonId = Proof.PersonId,
        ClientId = ClientId,
        Address = Address,
        Detail = detail,
        Reference = Reference,
    };
}
