namespace KubeIdP.Connectors.Ldap;

/// <summary>One login or look-up under way. All requests for it share one timeout.</summary>
/// <param name="Caller">Cancelled when the caller has gone, which says nothing about the directory.</param>
/// <param name="Within">Cancelled with the caller, and at the timeout of the whole.</param>
internal readonly record struct TimedRequest(CancellationToken Caller, CancellationToken Within);
