using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;

namespace KubeIdP.Server.Factors;

/// <summary>Checks whether the stored secrets of factors can be opened, for all kinds.</summary>
internal sealed class FactorSecrets(IEnumerable<IFactorSecrets> kinds)
{
    private readonly Dictionary<string, IFactorSecrets> kinds = kinds.ToDictionary(kind => kind.Kind.Name);

    public bool Opens(StoredFactor factor, PersonId personId) =>
        !kinds.TryGetValue(factor.Kind, out var kind) || kind.Opens(factor, personId);
}
