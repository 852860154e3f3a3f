using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Factors;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Authorize;
using Xunit;

namespace KubeIdP.Server.Tests.Authorize;

public sealed class NextStepTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly PersonId Alice = new("alice");
    private static readonly PersonId Bob = new("bob");

    private static readonly Ask Web = new(Silent: false, ForceLogin: false, MustAgree: false, MustConsent: false, MaxAge: null,
        Subject: null);
    private static readonly Ask Cluster = Web with { MustAgree = true };

    private static readonly Ask Sharing = Web with { MustConsent = true };

    private static readonly BrowserSession Session = new()
    {
        Id = new SessionId("s"), CookieGeneration = 2, PersonId = Alice, Connector = ConnectorId.Local, Username = "alice",
        FactorEpoch = 0, FactorFailures = 0, AuthTime = Now.AddMinutes(-10), Amr = "pwd otp mfa", EndsAt = Now.AddHours(1),
        LastActiveAt = Now, Now = Now,
    };

    private static readonly BrowserSession Weak = Session with { Amr = "pwd" };

    private static readonly Ask Soon = Web with { MaxAge = TimeSpan.FromMinutes(9) };

    private static readonly LoginState Begun = new() { Endpoint = AuthorizeEndpoint.Path, Destination = "prod", Id = "l", Query = "?",
        ClientId = new ClientId("c"), RedirectOrigin = "https://app", StartedAt = Now };
    private static readonly LoginState WithPassword =
        Begun with { FirstProof = new FirstProof(ProofMethod.Password, ConnectorId.Local, Alice, "alice", 0, 0,
            Now.AddMinutes(-1)) };
    private static readonly LoginState WithFactor = WithPassword with { ProvenFactor = "totp" };
    private static readonly LoginState WithSession = Begun with { FirstProof = FirstProof.Of(Session, Now.AddMinutes(-1)) };
    private static readonly LoginState InSession = WithSession with { ProvenFactor = "totp" };

    /// <summary>What is asked, the session that is there, how far the login has come, and what the browser does next.</summary>
    public static TheoryData<string, object, object?, object?, string> Rows => new()
    {
        { "a stranger", Web, null, null, "LogIn" },
        { "a stranger at kubectl", Cluster, null, null, "LogIn" },
        { "a stranger on the login page", Web, null, Begun, "LogIn" },
        { "a password alone", Web, null, WithPassword, "ProveFactor" },
        { "a password beside a session", Web, Session, WithPassword, "ProveFactor" },
        { "password and factor", Web, null, WithFactor, "OpenSession" },
        { "password and factor at kubectl", Cluster, null, WithFactor, "OpenSession" },
        { "password and factor after prompt=login", Web with { ForceLogin = true }, Session, WithFactor, "OpenSession" },
        { "password and factor with max_age=0", Web with { MaxAge = TimeSpan.Zero }, Session, WithFactor, "OpenSession" },
        { "the hinted person, proven", Web with { Subject = Alice }, null, WithFactor, "OpenSession" },
        { "another person than the hinted one, proven", Web with { Subject = Bob }, null, WithFactor, "RefuseLoginRequired" },
        { "a factor without a password", Web, null, Begun with { ProvenFactor = "totp" }, "LogIn" },
        { "a password of long ago", Web, null, WithFactor with { FirstProof = WithFactor.FirstProof! with { At = Now.AddMinutes(-15) } },
            "LogIn" },
        { "a session", Web, Session, null, "Issue" },
        { "a session at kubectl", Cluster, Session, null, "Continue" },
        { "a session that the person continued", Cluster, Session, Begun with { ContinuedSession = Session.Id }, "Issue" },
        { "a session other than the one continued", Cluster, Session,
            Begun with { ContinuedSession = new SessionId("another") }, "Continue" },
        { "a session, and another account wanted", Cluster, Session, Begun with { SwitchAccount = true }, "LogIn" },
        { "a session and prompt=login", Web with { ForceLogin = true }, Session, null, "LogIn" },
        { "a continued session and prompt=login", Cluster with { ForceLogin = true }, Session, Begun with { ContinuedSession = Session.Id },
            "LogIn" },
        { "a session just young enough", Web with { MaxAge = TimeSpan.FromMinutes(10) }, Session, null, "Issue" },
        { "a session too old", Soon, Session, null, "StepUp" },
        { "a session too old at kubectl", Cluster with { MaxAge = Soon.MaxAge }, Session,
            Begun with { ContinuedSession = Session.Id }, "StepUp" },
        { "a session too old, and another account wanted", Soon, Session, Begun with { SwitchAccount = true }, "LogIn" },
        { "a session too old and prompt=login", Soon with { ForceLogin = true }, Session, null, "LogIn" },
        { "a session too old of another than the hinted person", Soon with { Subject = Bob }, Session, null, "LogIn" },
        { "a session too old with many wrong factors", Soon, Session with { FactorFailures = 5 }, null, "LogIn" },
        { "a session too old with some wrong factors", Soon, Session with { FactorFailures = 4 }, null, "StepUp" },
        { "a session too old, and a password of long ago", Soon, Session,
            WithFactor with { FirstProof = WithFactor.FirstProof! with { At = Now.AddMinutes(-15) } }, "StepUp" },
        { "no page, a session too old, and a factor in it", Soon with { Silent = true }, Session, InSession, "RefuseLoginRequired" },
        { "the session as first proof", Soon, Session, WithSession, "ProveFactor" },
        { "the session as first proof of long ago", Soon, Session,
            WithSession with { FirstProof = WithSession.FirstProof! with { At = Now.AddMinutes(-15) } }, "StepUp" },
        { "a session that has ended as first proof", Soon, null, WithSession, "LogIn" },
        { "another session as first proof", Soon, Session with { Id = new SessionId("t") }, WithSession, "StepUp" },
        { "a session that was raised meanwhile as first proof", Soon, Session with { CookieGeneration = 3, AuthTime = Now }, WithSession,
            "Issue" },
        { "session and factor", Soon, Session, InSession, "RaiseSession" },
        { "session and factor at kubectl", Cluster with { MaxAge = Soon.MaxAge }, Session, InSession, "RaiseSession" },

        // The second click: the browser has missed the cookie of the raised session.
        { "session and factor in a browser with the cookie of before", Soon, null, InSession, "RaiseSession" },
        { "session and factor, not consented", Sharing with { MaxAge = Soon.MaxAge }, Session, InSession, "Consent" },
        { "session and factor, consented", Sharing with { MaxAge = Soon.MaxAge }, Session, InSession with { ConsentedBy = Alice },
            "RaiseSession" },
        { "another person than the hinted one, proven in the session", Soon with { Subject = Bob }, Session, InSession,
            "RefuseLoginRequired" },
        { "a session that reaches the acr that is asked for", Web with { Acr = ["mfa"] }, Session, null, "Issue" },
        { "a session that reaches none of the acr", Web with { Acr = ["phr"] }, Session, null, "LogIn" },
        { "a session that reaches one of the acr", Web with { Acr = ["phr", "mfa"] }, Session, null, "Issue" },
        { "a session that reaches none of the acr at kubectl", Cluster with { Acr = ["phr"] }, Session,
            Begun with { ContinuedSession = Session.Id }, "LogIn" },
        { "a session without a second factor", Web, Weak, null, "StepUp" },
        { "a session without a second factor at kubectl", Cluster, Weak, Begun with { ContinuedSession = Session.Id }, "StepUp" },
        { "a session without a second factor that would not be enough", Web with { Acr = ["phr"] }, Weak, null, "LogIn" },
        { "no page and a session without a second factor", Web with { Silent = true }, Weak, null, "RefuseLoginRequired" },
        { "no page and a session that reaches none of the acr", Web with { Silent = true, Acr = ["phr"] }, Session, null,
            "RefuseLoginRequired" },
        { "the hinted person's session", Web with { Subject = Alice }, Session, null, "Issue" },
        { "another person's session", Web with { Subject = Bob }, Session, null, "LogIn" },
        { "a stranger where consent is wanted", Sharing, null, null, "LogIn" },
        { "a password alone where consent is wanted", Sharing, null, WithPassword, "ProveFactor" },
        { "password and factor, not consented", Sharing, null, WithFactor, "Consent" },
        { "password and factor, consented", Sharing, null, WithFactor with { ConsentedBy = Alice }, "OpenSession" },
        { "password and factor, consented by another", Sharing, null, WithFactor with { ConsentedBy = Bob }, "Consent" },
        { "another person than the hinted one where consent is wanted", Sharing with { Subject = Bob }, null,
            WithFactor with { ConsentedBy = Alice }, "RefuseLoginRequired" },
        { "a session, not consented", Sharing, Session, null, "Consent" },
        { "a session, consented", Sharing, Session, Begun with { ConsentedBy = Alice }, "Issue" },
        { "a session, consented by another", Sharing, Session, Begun with { ConsentedBy = Bob }, "Consent" },
        { "a consented session and prompt=login", Sharing with { ForceLogin = true }, Session, Begun with { ConsentedBy = Alice },
            "LogIn" },
        { "a session and consent at kubectl", Cluster with { MustConsent = true }, Session, Begun with { ContinuedSession = Session.Id },
            "Consent" },
        { "a session, consented at kubectl", Cluster with { MustConsent = true }, Session, Begun with { ConsentedBy = Alice }, "Issue" },
        { "a refusal", Sharing, Session, Begun with { ConsentRefused = true }, "RefuseAccessDenied" },
        { "a refusal after password and factor", Sharing, null, WithFactor with { ConsentedBy = Alice, ConsentRefused = true },
            "RefuseAccessDenied" },
        { "no page and not consented", Sharing with { Silent = true }, Session, null, "RefuseConsentRequired" },
        { "no page and nobody signed in where consent is wanted", Sharing with { Silent = true }, null, null, "RefuseLoginRequired" },
        { "no page and nobody signed in", Web with { Silent = true }, null, null, "RefuseLoginRequired" },
        { "no page and a session", Web with { Silent = true }, Session, null, "Issue" },
        { "no page and a session at kubectl", Cluster with { Silent = true }, Session, null, "RefuseInteractionRequired" },
        { "no page and a session too old", Web with { Silent = true, MaxAge = TimeSpan.FromMinutes(1) }, Session, null,
            "RefuseLoginRequired" },
        { "no page and another person's session", Web with { Silent = true, Subject = Bob }, Session, null, "RefuseLoginRequired" },
        { "no page and a login under way", Web with { Silent = true }, null, WithFactor, "RefuseLoginRequired" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_next_step_follows_from_what_is_asked_and_what_is_proven(string situation, object ask, object? session, object? login,
        string expected)
    {
        var step = NextStep.For((Ask)ask, (BrowserSession?)session, (LoginState?)login, [FactorKind.Totp], Now);

        Assert.True($"{step}" == expected, $"For {situation} comes {step}, not {expected}.");
    }

    [Fact]
    public void A_person_without_a_factor_sets_one_up() =>
        Assert.Equal(Step.EnrolFactor, NextStep.For(Web, null, WithPassword, [], Now));

    // Otherwise somebody with a stolen cookie could set up a factor of their own after an administrator's reset.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_a_session_nobody_sets_up_a_first_factor(bool begun) =>
        Assert.Equal(Step.LogIn, NextStep.For(Soon, Session, begun ? WithSession : null, [], Now));

    [Fact]
    public void The_factors_are_read_of_whoever_must_prove_one()
    {
        Assert.Equal("alice", NextStep.WhoseFactors(Web, null, WithPassword, Now)?.Value);
        Assert.Equal("alice", NextStep.WhoseFactors(Soon, Session, null, Now)?.Value);
        Assert.Null(NextStep.WhoseFactors(Web, Session, null, Now));
        Assert.Null(NextStep.WhoseFactors(Soon with { Silent = true }, Session, null, Now));
        Assert.Null(NextStep.WhoseFactors(Web, null, WithFactor, Now));
        Assert.Null(NextStep.WhoseFactors(Web with { ForceLogin = true }, Session, null, Now));
    }

    // Codes that were left over from a factor must not replace an administrator's enrolment code.
    [Fact]
    public void A_person_with_recovery_codes_alone_has_no_factor()
    {
        Assert.Null(NextStep.FactorToProve([FactorKind.RecoveryCode]));
        Assert.Equal(Step.EnrolFactor, NextStep.For(Web, null, WithPassword, [FactorKind.RecoveryCode], Now));
    }

    [Fact]
    public void A_person_with_several_kinds_is_asked_for_the_one_that_is_worth_most() =>
        Assert.Equal(FactorKind.All.First(kind => kind.CanBeFirst), NextStep.FactorToProve([.. FactorKind.All.Reverse()]));
}
