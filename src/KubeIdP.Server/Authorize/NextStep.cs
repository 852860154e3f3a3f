using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Authorize;

/// <summary>The only place that decides what the browser does next.</summary>
internal static class NextStep
{
    /// <summary>
    /// After this many wrong second factors in a row a session is no longer a first proof: guessing is slowed down by the delays of the
    /// password form, as in a login, also for somebody with a stolen cookie.
    /// </summary>
    public const int MaxFailuresForStepUp = 5;

    /// <param name="ask">What the request requires.</param>
    /// <param name="session">The session of the browser.</param>
    /// <param name="login">The state of the login.</param>
    /// <param name="held">The kinds of the factors that the person of <see cref="WhoseFactors"/> has set up; empty for nobody.</param>
    /// <param name="now">By this server's clock, as in the login.</param>
    public static Step For(Ask ask, BrowserSession? session, LoginState? login, IReadOnlyList<FactorKind> held, DateTimeOffset now)
    {
        if (login?.ConsentRefused is true) return Step.RefuseAccessDenied;

        if (ProofOf(ask, session, login, now) is { } proof)
        {
            // A session never allows to set up a first factor.
            if (login!.ProvenFactor is null)
                return FactorToProve(held) is not null ? Step.ProveFactor : proof.Session is null ? Step.EnrolFactor : Step.LogIn;

            // OpenID Connect Core §3.1.2.1: the client requested one person and must not get another.
            if (ask.Subject is not null && ask.Subject != proof.PersonId) return Step.RefuseLoginRequired;

            // Checked before the session is opened, because opening it also opens the grant of the client.
            if (ask.MustConsent && login.ConsentedBy != proof.PersonId) return Step.Consent;
            return proof.Session is null ? Step.OpenSession : Step.RaiseSession;
        }

        if (session is null || !MayBeUsed(session, ask) || login?.SwitchAccount is true)
            return ask.Silent ? Step.RefuseLoginRequired : Step.LogIn;

        if (!Suffices(session, ask))
            return ask.Silent ? Step.RefuseLoginRequired : CanStepUp(session, ask, held) ? Step.StepUp : Step.LogIn;

        // Consent also confirms the sign-in.
        if (ask.MustConsent)
        {
            if (login?.ConsentedBy == session.PersonId) return Step.Issue;
            return ask.Silent ? Step.RefuseConsentRequired : Step.Consent;
        }

        // RFC 8252 §8.6: any program on the machine can open a browser that is signed in; only the person can say whether it was theirs.
        if (ask.MustAgree && login?.ContinuedSession != session.Id)
            return ask.Silent ? Step.RefuseInteractionRequired : Step.Continue;

        return Step.Issue;
    }

    /// <summary>The person whose kinds of factors <see cref="For"/> needs to know; null: nobody's.</summary>
    public static PersonId? WhoseFactors(Ask ask, BrowserSession? session, LoginState? login, DateTimeOffset now) =>
        ProofOf(ask, session, login, now) is { } proof
            ? login!.ProvenFactor is null ? proof.PersonId : null
            : session is not null && !ask.Silent && MayBeUsed(session, ask) && !Suffices(session, ask) ? session.PersonId : null;

    /// <summary>
    /// The kind of factor that a person is asked for first; null when they have none and must set one up.
    /// </summary>
    public static FactorKind? FactorToProve(IReadOnlyList<FactorKind> held) =>
        FactorKind.All.FirstOrDefault(kind => kind.CanBeFirst && held.Contains(kind));

    /// <summary>The first proof of the login; null when there is none, it is too old, or no page may be shown.</summary>
    private static FirstProof? ProofOf(Ask ask, BrowserSession? session, LoginState? login, DateTimeOffset now)
    {
        if (ask.Silent || login?.FirstProof is not { } proof || !proof.CountsAt(now)) return null;

        // A session that has ended or was raised meanwhile proves nothing. With the factor proven, the statement that raises it decides.
        return proof.Session is null || login.ProvenFactor is not null || proof.Session == session?.Handle ? proof : null;
    }

    /// <summary>Whether the request may be answered in this session at all.</summary>
    private static bool MayBeUsed(BrowserSession session, Ask ask) =>
        !ask.ForceLogin && (ask.Subject is null || ask.Subject == session.PersonId);

    /// <summary>Whether one of these factors, proven now, would make the session suffice.</summary>
    private static bool CanStepUp(BrowserSession session, Ask ask, IReadOnlyList<FactorKind> held) =>
        session.FactorFailures < MaxFailuresForStepUp
        && FactorToProve(held) is { } kind && ProvesEnough(AuthenticationMethods.Parse(session.Amr).With(kind), ask);

    private static bool Suffices(BrowserSession session, Ask ask) =>

        // Counts from auth_time, not from the last token.
        (ask.MaxAge is null || session.Now - session.AuthTime <= ask.MaxAge)
        && ProvesEnough(AuthenticationMethods.Parse(session.Amr), ask);

    /// <summary>Whether the methods of the session satisfy the request; always two factors.</summary>
    private static bool ProvesEnough(AuthenticationMethods methods, Ask ask) =>
        methods.Reaches(AuthenticationMethods.MultiFactor) && (ask.Acr is [] || ask.Acr.Any(methods.Reaches));
}
