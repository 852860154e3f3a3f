using KubeIdP.Data.Audit;
using KubeIdP.Server.Authorize;

namespace KubeIdP.Server.Factors;

/// <summary>Whose try it is, and where it came from for the audit.</summary>
/// <param name="Proof">What came before the factor; at an invitation the password that is about to be set.</param>
/// <param name="ClientId">Null outside of a login.</param>
internal sealed record FactorTry(FirstProof Proof, string? ClientId, string? Address, string Reference)
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
