using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// What a login begins with: somebody has proven who they are, by what, to whom, and when. The steps after it ask whose it is and how old;
/// what it was they leave to whoever took it.
/// </summary>
/// <param name="Method">By what.</param>
/// <param name="Connector">Who vouches for the person.</param>
/// <param name="FactorEpoch">The person's epoch at that moment. Any completed login, or change of a factor, voids this state.</param>
/// <param name="FactorFailures">The person's count of wrong factors at that moment: five more and this login is over.</param>
internal sealed record FirstProof(
    ProofMethod Method, ConnectorId Connector, PersonId PersonId, string Username, long FactorEpoch, int FactorFailures, DateTimeOffset At)
{
    /// <summary>The method as RFC 8176 names it, for <c>amr</c>.</summary>
    public string Amr => Method switch
    {
        ProofMethod.Password => AuthenticationMethods.Password,
        _ => throw new InvalidOperationException($"{Method} is a method of an unknown kind."),
    };
}

/// <summary>By what somebody proves who they are at the beginning of a login.</summary>
internal enum ProofMethod
{
    Password,
}
