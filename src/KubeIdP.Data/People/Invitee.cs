using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.People;

/// <summary>The person whom a live invitation link is for.</summary>
public sealed record Invitee(PersonId PersonId, string Username, long Epoch, int FactorFailures);
