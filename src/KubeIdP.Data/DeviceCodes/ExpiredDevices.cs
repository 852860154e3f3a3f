namespace KubeIdP.Data.DeviceCodes;

/// <summary>What was deleted because its time was over.</summary>
/// <param name="Undecided">How many requests nobody had decided about.</param>
/// <param name="NotCollected">How many approved ones had never been polled again; their sessions have been ended.</param>
/// <param name="DeniedByAdministrator">How many an administrator had denied.</param>
public readonly record struct ExpiredDevices(int Undecided, int NotCollected, int DeniedByAdministrator);
