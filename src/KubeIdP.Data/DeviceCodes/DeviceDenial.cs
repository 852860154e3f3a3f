namespace KubeIdP.Data.DeviceCodes;

/// <summary>The closed set of results of a denial by an administrator.</summary>
public enum DeviceDenial
{
    Denied,

    /// <summary>It was decided already.</summary>
    OverAlready,

    /// <summary>There is no such request, or its time is over.</summary>
    NotFound,
}
