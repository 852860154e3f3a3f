namespace KubeIdP.Core.Sessions;

/// <summary>How a session began, as stored.</summary>
public enum SessionKind
{
    /// <summary>By a login in a browser, which holds its cookie.</summary>
    Browser = 0,

    /// <summary>
    /// By a device code (RFC 8628): somebody approved it in a browser for a program on another machine. It has no cookie, and it ends
    /// earlier than others.
    /// </summary>
    Device = 1,
}
