using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;

namespace KubeIdP.Server.Factors;

/// <summary>A person who sets up a factor.</summary>
/// <param name="PersonId">The id that the person has, or will have: a setup link creates the account together with the factor.</param>
/// <param name="Factors">
/// Their factors of the kind that is set up, so that a kind can refuse the same device twice; empty for a first factor.
/// </param>
internal sealed record EnrollingPerson(PersonId PersonId, string Username, IReadOnlyList<StoredFactor> Factors)
{
    /// <summary>A person who sets up their first factor, or replaces all their factors, as with an invitation.</summary>
    public static EnrollingPerson WithoutFactors(PersonId personId, string username) => new(personId, username, []);
}
