namespace KubeIdP.Data.DeviceCodes;

/// <summary>The closed set of results of storing a device request.</summary>
public enum DeviceStart
{
    Stored,

    /// <summary>Another live request has this user code. Nothing was stored, and another code may be tried.</summary>
    CodeTaken,

    /// <summary>There are too many live requests from this network. Nothing was stored.</summary>
    TooManyOfNetwork,

    /// <summary>There are too many live requests altogether. Nothing was stored.</summary>
    TooMany,
}
