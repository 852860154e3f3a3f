using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;

namespace KubeIdP.Server.Factors;

/// <summary>Whether what is kept of factors opens, of whatever kind.</summary>
internal sealed class FactorSecrets(IEnumerable<IFactorSecrets> kinds)
{
    private readonly Dictionary<string, IFactorSecrets> kinds = kinds.ToDictionary(kind => kind.Kind.Name);

    public bool Opens(StoredFactor factor, PersonId personId) =>
        !kinds.TryGetValue(factor.Kind, out var kind) || kind.Opens(factor, personId);
}
