using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.DeviceCodes;

/// <summary>What an accepted poll found.</summary>
/// <param name="Verdict">What was decided.</param>
/// <param name="GrantId">The grant to redeem; null unless it was approved.</param>
/// <param name="IsExpired">Whether the request's time is over, whatever was decided.</param>
public readonly record struct DevicePoll(DeviceVerdict Verdict, GrantId? GrantId, bool IsExpired);
