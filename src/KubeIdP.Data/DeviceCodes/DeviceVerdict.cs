namespace KubeIdP.Data.DeviceCodes;

/// <summary>What was decided about a device request, as stored.</summary>
public enum DeviceVerdict
{
    Pending = 0,

    /// <summary>A session and a grant are open for it; its next poll redeems the grant.</summary>
    Approved = 1,

    Denied = 2,
}
