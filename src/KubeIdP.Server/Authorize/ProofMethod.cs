namespace KubeIdP.Server.Authorize;

/// <summary>The method with which a person proves their identity at the beginning of a login.</summary>
internal enum ProofMethod
{
    /// <summary>A password, typed into a form of this server.</summary>
    Password,

    /// <summary>The live session of the browser, in which the person proves a factor again.</summary>
    Session,

    /// <summary>A sign-in on a page of the upstream, by whatever it asks for there.</summary>
    Upstream,
}
