using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Authorize;

/// <summary>What a browser does next on its way to a code.</summary>
internal enum Step
{
    /// <summary>Prove who it is, as with a name and a password.</summary>
    LogIn,

    /// <summary>Prove a second factor, or enrol the first.</summary>
    ProveFactor,

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

internal static class StepPages
{
    /// <summary>
    /// A parameter of the sign-in page: the browser has a session, and it does not suffice. Without it the page goes back to the dispatcher once there is a session.
    /// </summary>
    public const string DespiteSession = "again";

    /// <summary>The page of a step that a person takes.</summary>
    /// <param name="login">Which is at this step.</param>
    /// <param name="step">One that has a page.</param>
    /// <param name="session">What the step was decided with.</param>
    public static SeeOther PageOf(this LoginState login, Step step, BrowserSession? session)
    {
        var page = step switch
        {
            Step.LogIn => "login",
            Step.ProveFactor => "factor",
            Step.Continue => "continue",
            Step.Consent => "consent",
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "This step has no page."),
        };
        return new SeeOther($"{login.AddressOf(page)}{(step is Step.LogIn && session is not null ? $"&{DespiteSession}=1" : "")}");
    }
}
