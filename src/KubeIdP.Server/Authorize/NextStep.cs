using KubeIdP.Core.Factors;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Authorize;

/// <summary>The only place that decides what the browser does next.</summary>
internal static class NextStep
{
    /// <summary>The maximum age of a first proof; an older one no longer shows that the person is at the keyboard.</summary>
    public static readonly TimeSpan FirstProofCountsFor = TimeSpan.FromMinutes(15);

    /// <param name="ask">What the request requires.</param>
    /// <param name="session">The session of the browser.</param>
    /// <param name="login">The state of the login.</param>
    /// <param name="held">The kinds of the factors that the person of the login has set up.</param>
    /// <param name="now">By this server's clock, as in the login.</param>
    public static Step For(Ask ask, BrowserSession? session, LoginState? login, IReadOnlyList<FactorKind> held, DateTimeOffset now)
    {
        if (login?.ConsentRefused is true) return Step.RefuseAccessDenied;

        if (login?.FirstProof is { } proof && now - proof.At < FirstProofCountsFor && !ask.Silent)
        {
            if (login.ProvenFactor is null) return FactorToProve(held) is null ? Step.EnrolFactor : Step.ProveFactor;

            // OpenID Connect Core §3.1.2.1: the client requested one person and must not get another.
            if (ask.Subject is not null && ask.Subject != proof.PersonId) return Step.RefuseLoginRequired;

            // Checked before the session is opened, because opening it also opens the grant of the client.
            return ask.MustConsent && login.ConsentedBy != proof.PersonId ? Step.Consent : Step.OpenSession;
        }

        if (session is null || !Suffices(session, ask) || login?.SwitchAccount is true)
            return ask.Silent ? Step.RefuseLoginRequired : Step.LogIn;

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

    /// <summary>
    /// The kind of factor that a person is asked for first; null when they have none and must set one up.
    /// </summary>
    public static FactorKind? FactorToProve(IReadOnlyList<FactorKind> held) =>
        FactorKind.All.FirstOrDefault(kind => kind.CanBeFirst && held.Contains(kind));

    private static bool Suffices(BrowserSession session, Ask ask) =>
        !ask.ForceLogin
        && (ask.Subject is null || ask.Subject == session.PersonId)

        // Counts from auth_time, not from the last token.
        && (ask.MaxAge is null || session.Now - session.AuthTime <= ask.MaxAge)
        && ProvesEnough(AuthenticationMethods.Parse(session.Amr), ask);

    /// <summary>Whether the methods of the session satisfy the request; always two factors.</summary>
    private static bool ProvesEnough(AuthenticationMethods methods, Ask ask) =>
        methods.Reaches(AuthenticationMethods.MultiFactor) && (ask.Acr is [] || ask.Acr.Any(methods.Reaches));
}
