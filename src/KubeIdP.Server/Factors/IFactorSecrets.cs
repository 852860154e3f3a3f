using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;

namespace KubeIdP.Server.Factors;

/// <summary>A kind that keeps something protected in the state of its factors.</summary>
internal interface IFactorSecrets
{
    FactorKind Kind { get; }

    /// <summary>False when it was protected for another row or with keys that are gone, or is damaged.</summary>
    bool Opens(StoredFactor factor, PersonId personId);
}
