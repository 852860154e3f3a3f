namespace KubeIdP.Data.DeviceCodes;

/// <summary>What was decided about a device request, as stored.</summary>
public enum DeviceVerdict
{
    Pending = 0,

    /// <summary>A session and a grant are open for it; its next poll redeems the grant.</summary>
    Approved = 1,

    /// <summary>By the person who typed its code, or because they may not.</summary>
    Denied = 2,

    DeniedByAdministrator = 3,
}
