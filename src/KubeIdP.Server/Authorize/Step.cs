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

    /// <summary>Confirm that this program may get a code in the existing session of the browser.</summary>
    Continue,

    /// <summary>Consent to share the person's data with this client.</summary>
    Consent,

    /// <summary>First proof and second factor are complete: open a session with a first grant, and issue a code.</summary>
    OpenSession,

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
