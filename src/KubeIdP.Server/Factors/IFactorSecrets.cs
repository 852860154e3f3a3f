using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;

namespace KubeIdP.Server.Factors;

/// <summary>A kind that has a protected secret in the state of its factors.</summary>
internal interface IFactorSecrets
{
    FactorKind Kind { get; }

    /// <summary>False when the secret was protected for another row or with keys that no longer exist, or is damaged.</summary>
    bool Opens(StoredFactor factor, PersonId personId);
}
