using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.People;

/// <summary>Somebody whom the search for people who have left looks up.</summary>
public sealed record WatchedPerson(PersonId PersonId, string UpstreamId);
