using KubeIdP.Core.Identifiers;

namespace KubeIdP.Server.Throttling;

/// <summary>A browser in which this person has signed in with their current password.</summary>
internal sealed record KnownBrowser(string Id, PersonId PersonId);
