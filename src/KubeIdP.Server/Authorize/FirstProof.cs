using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// The first proof of a login: who has proven their identity, by which method, to which connector, and when. Later steps use only the
/// person and the age; the method is left to the feature that checked it.
/// </summary>
/// <param name="Method">The method.</param>
/// <param name="Connector">The connector that authenticated the person.</param>
/// <param name="FactorEpoch">
/// The epoch of the person at that time. Any completed login or change of a factor raises it, which invalidates this state.
/// </param>
/// <param name="FactorFailures">The count of wrong factors of the person at that time: after five more this login ends.</param>
internal sealed record FirstProof(
    ProofMethod Method, ConnectorId Connector, PersonId PersonId, string Username, long FactorEpoch, int FactorFailures, DateTimeOffset At)
{
    /// <summary>The maximum age of a first proof; an older one no longer shows that the person is at the keyboard.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(15);

    /// <summary>The session that is the proof, and that a second factor raises; null for other methods.</summary>
    public SessionHandle? Session { get; init; }

    /// <summary>The <c>amr</c> of that session.</summary>
    public string? SessionAmr { get; init; }

    /// <summary>The live session of a browser as the proof of its person: only a second factor is missing.</summary>
    public static FirstProof Of(BrowserSession session, DateTimeOffset now) => new(
        ProofMethod.Session, session.Connector, session.PersonId, session.Username, session.FactorEpoch, session.FactorFailures, now)
    {
        Session = session.Handle,
        SessionAmr = session.Amr,
    };

    /// <summary>Whether it is recent enough for the next step.</summary>
    public bool CountsAt(DateTimeOffset now) => now - At < MaxAge;

    /// <summary>All methods of the session that this proof and a second factor lead to.</summary>
    public AuthenticationMethods With(FactorKind factor) => Method switch
    {
        ProofMethod.Password => AuthenticationMethods.Of(AuthenticationMethods.Password, factor),
        ProofMethod.Upstream => AuthenticationMethods.Of(firstProof: null, factor),
        ProofMethod.Session => AuthenticationMethods.Parse(SessionAmr!).With(factor),
        _ => throw new InvalidOperationException($"{Method} is an unknown method."),
    };
}
