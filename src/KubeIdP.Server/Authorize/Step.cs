namespace KubeIdP.Server.Authorize;

/// <summary>What a browser does next on its way to a code.</summary>
internal enum Step
{
    /// <summary>Prove who it is, as with a name and a password.</summary>
    LogIn,

    /// <summary>Prove a second factor: one that the person has (<see cref="NextStep.FactorToProve"/>).</summary>
    ProveFactor,

    /// <summary>Set up the first factor, with what that needs beside the first proof.</summary>
    EnrolFactor,

    /// <summary>Say that this program may have a code in the session that the browser already has.</summary>
    Continue,

    /// <summary>Say that this client may have the person's data.</summary>
    Consent,

    /// <summary>First proof and factor are there: the login becomes a session with a first grant, and a code goes out.</summary>
    OpenSession,

    /// <summary>A further grant in the session, and a code goes out.</summary>
    Issue,

    /// <summary>The client wanted no page (<c>prompt=none</c>), but nobody is signed in: <c>login_required</c>.</summary>
    RefuseLoginRequired,

    /// <summary>The client wanted no page, but a person must agree: <c>interaction_required</c>.</summary>
    RefuseInteractionRequired,

    /// <summary>The client wanted no page, but a person must say that it may have their data: <c>consent_required</c>.</summary>
    RefuseConsentRequired,

    /// <summary>The person does not want the client to have their data: <c>access_denied</c>.</summary>
    RefuseAccessDenied,
}
