namespace KubeIdP.Server.Clients;

/// <summary>Where a client's codes may be sent.</summary>
internal enum RedirectTargets
{
    /// <summary>To a port of the person's own machine (RFC 8252 §7.3).</summary>
    Loopback,

    /// <summary>The same, a scheme of the program's own, or an https address that its platform assigns to it (RFC 8252 §7).</summary>
    Native,

    /// <summary>https; http on the developer's own machine.</summary>
    Web,
}
