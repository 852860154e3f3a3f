using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.People;

/// <summary>A person whom the search for leavers looks up.</summary>
public sealed record LeaversCandidate(PersonId PersonId, string UpstreamId);
