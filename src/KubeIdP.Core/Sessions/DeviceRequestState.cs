namespace KubeIdP.Core.Sessions;

/// <summary>What has happened to the request of a machine without a browser (RFC 8628), in the words for administrators.</summary>
public enum DeviceRequestState
{
    /// <summary>Nobody has typed its code yet.</summary>
    Waiting,

    /// <summary>Somebody has typed its code, and only they can decide.</summary>
    Opened,

    /// <summary>Somebody approved it: a session is open for it.</summary>
    Approved,

    /// <summary>Whoever typed its code denied it, or it was refused for them.</summary>
    Denied,

    DeniedByAdministrator,
}
