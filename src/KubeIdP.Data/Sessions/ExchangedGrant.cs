using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>What an exchange gave: the grant of a cluster, and which of its refresh tokens to issue.</summary>
/// <param name="Id">Of the grant; the same for every exchange of one login for one cluster.</param>
/// <param name="Generation">The generation to issue.</param>
/// <param name="At">When the statement began that decided, by the database's clock, after everything that had to be waited for.</param>
public readonly record struct ExchangedGrant(GrantId Id, int Generation, DateTimeOffset At);
