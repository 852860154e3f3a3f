using KubeIdP.Testing.Races;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <inheritdoc cref="RevocationRace"/>
public sealed class RevocationRaceTests(SharedReplicas shared) : ReplicaTests(shared)
{
    [Fact]
    public async Task A_grant_that_a_client_revoked_on_one_replica_has_ended_on_the_other() =>
        await new RevocationRace(Replicas).ByClientAsync(rounds: 15, Ct);

    [Fact]
    public async Task A_session_that_an_administrator_revoked_has_ended_for_all_of_its_clients() =>
        await new RevocationRace(Replicas).BySessionAsync(rounds: 2, Ct);

    [Fact]
    public async Task A_bulk_revocation_ends_all_sessions_that_match() => await new RevocationRace(Replicas).ByPersonAsync(rounds: 2, Ct);
}
