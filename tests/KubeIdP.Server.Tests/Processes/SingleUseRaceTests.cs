using KubeIdP.Testing.Races;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

public sealed class SingleUseRaceTests(SharedReplicas shared) : ReplicaTests(shared)
{
    [Fact]
    public async Task A_refresh_token_presented_to_both_replicas_at_once_has_one_successor() =>
        await new SingleUseRace(Replicas).OfRefreshTokensAsync(rounds: 25, Ct);

    [Fact]
    public async Task A_code_presented_to_both_replicas_at_once_is_redeemed_once() =>
        await new SingleUseRace(Replicas).OfCodesAsync(rounds: 25, Ct);

    [Fact]
    public async Task A_device_code_approved_on_one_replica_and_polled_on_all_at_once_is_redeemed_once() =>
        await new SingleUseRace(Replicas).OfDeviceCodesAsync(rounds: 25, Ct);

    [Fact]
    public async Task A_superseded_refresh_token_ends_the_grant_on_both_replicas()
    {
        var account = await Replicas.AddAccountAsync(Ct);
        var (onA, onB) = (Replicas.A.CreateClient(), Replicas.B.CreateClient());
        using var browser = Replicas.A.CreateBrowser();
        var copied = await onA.LogInAsync(browser, account, Ct);
        var second = (await onB.RefreshPatientlyAsync(copied.RefreshToken!, Ct)).Succeeded();
        var third = (await onA.RefreshPatientlyAsync(second.RefreshToken!, Ct)).Succeeded();

        var thief = await onB.RefreshAsync(copied.RefreshToken!, Ct);
        var owner = await onA.RefreshAsync(third.RefreshToken!, Ct);

        Assert.Equal("invalid_grant", thief.Error);
        Assert.Equal("invalid_grant", owner.Error);
    }
}
