using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;

namespace KubeIdP.Data.People;

/// <summary>An accepted invitation with the password and factor that the person chose.</summary>
/// <param name="Epoch">The person's epoch when they began; if it has changed since, nothing is stored.</param>
public sealed record AcceptedInvitation(PersonId PersonId, byte[] Hash, long Epoch, string PasswordHash, FirstFactor Factor);
