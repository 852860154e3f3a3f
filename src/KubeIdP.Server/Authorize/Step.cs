namespace KubeIdP.Server.Authorize;

/// <summary>What a browser does next on its way to a code.</summary>
internal enum Step
{
    /// <summary>Give a first proof, such as name and password.</summary>
    LogIn,

    /// <summary>Prove a second factor that the person has set up (<see cref="NextStep.FactorToProve"/>).</summary>
    ProveFactor,

    /// <summary>Set up the first factor.</summary>
    EnrolFactor,

    /// <summary>
    /// Prove a second factor in the session of the browser, which is too old or too weak for the request. The session is the first proof.
    /// </summary>
    StepUp,

    /// <summary>Confirm that this program may get a code in the existing session of the browser.</summary>
    Continue,

    /// <summary>Consent to share the person's data with this client.</summary>
    Consent,

    /// <summary>First proof and second factor are complete: open a session with a first grant, and issue a code.</summary>
    OpenSession,

    /// <summary>The second factor in the session is complete: raise the session, open another grant in it, and issue a code.</summary>
    RaiseSession,

    /// <summary>Open another grant in the session, and issue a code.</summary>
    Issue,

    /// <summary>The client allows no page (<c>prompt=none</c>), but nobody is signed in: <c>login_required</c>.</summary>
    RefuseLoginRequired,

    /// <summary>The client allows no page, but the person must confirm: <c>interaction_required</c>.</summary>
    RefuseInteractionRequired,

    /// <summary>The client allows no page, but the person must consent: <c>consent_required</c>.</summary>
    RefuseConsentRequired,

    /// <summary>The person refused consent: <c>access_denied</c>.</summary>
    RefuseAccessDenied,
}
