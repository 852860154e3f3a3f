using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;

namespace KubeIdP.Data.People;

/// <summary>An invitation with all that its holder chose.</summary>
/// <param name="Epoch">The person's epoch when they began; when it has moved on, nothing is stored.</param>
public sealed record AcceptedInvitation(PersonId PersonId, byte[] Hash, long Epoch, string PasswordHash, FirstFactor Factor);
