namespace KubeIdP.Server.Throttling;

/// <summary>The buckets in which an attempt is counted.</summary>
/// <param name="Account">The account as seen from one network.</param>
/// <param name="Address">That network.</param>
/// <param name="Spray">The accounts for which logins from that network fail.</param>
/// <param name="LockOut">All attempts that reach the account's upstream, from any network.</param>
/// <param name="Recent">The latest of these, which the upstream's own count may not include yet.</param>
/// <param name="Marker">The marker by which an administrator resets the account's failures from all networks.</param>
internal sealed record ThrottleKey(int Account, int Address, int Spray, int LockOut, int Recent, int Marker);
