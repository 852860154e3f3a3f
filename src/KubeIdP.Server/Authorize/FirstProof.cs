using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;

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
    /// <summary>The method as RFC 8176 names it, for <c>amr</c>.</summary>
    public string Amr => Method switch
    {
        ProofMethod.Password => AuthenticationMethods.Password,
        _ => throw new InvalidOperationException($"{Method} is an unknown method."),
    };
}

/// <summary>The method with which a person proves their identity at the beginning of a login.</summary>
internal enum ProofMethod
{
    Password,
}
