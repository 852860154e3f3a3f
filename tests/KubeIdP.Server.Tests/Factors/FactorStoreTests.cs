using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Tests.Directories;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

public sealed class FactorStoreTests : IAsyncLifetime
{
    private static readonly NewAuditEvent Audit = new(AuditEventType.FactorEnrolled);

    private readonly TurnedClock clock = new();
    private TemporaryIssuer issuer = null!;
    private AddedAccount.Added alice = null!;

    private FactorStore Factors => new(issuer.Database);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        issuer = await TemporaryIssuer.StartAsync(clock);
        alice = await issuer.AddAsync("alice");
    }

    public ValueTask DisposeAsync() => issuer.DisposeAsync();

    [Fact]
    public async Task Parallel_tries_are_counted_up_to_the_limit_and_not_beyond()
    {
        var tries = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => Task.Run(() => Factors.CountTryAsync(alice.PersonId, 0, 5, Ct))));

        Assert.Equal([1, 2, 3, 4, 5], tries.OfType<int>().Order());
    }

    [Fact]
    public async Task A_step_is_good_once_and_older_ones_never()
    {
        Assert.True(await Factors.UseStepAsync(alice.PersonId, 0, 100, Ct));

        Assert.False(await Factors.UseStepAsync(alice.PersonId, 0, 100, Ct));
        Assert.False(await Factors.UseStepAsync(alice.PersonId, 0, 99, Ct));
        Assert.True(await Factors.UseStepAsync(alice.PersonId, 0, 101, Ct));
    }

    [Fact]
    public async Task A_right_code_forgets_the_wrong_ones()
    {
        await Factors.CountTryAsync(alice.PersonId, 0, 5, Ct);

        await Factors.UseStepAsync(alice.PersonId, 0, 100, Ct);

        Assert.Equal(0, (await Factors.ReadAsync(alice.PersonId, Ct))!.Failures);
    }

    [Fact]
    public async Task Of_parallel_enrolments_with_one_code_one_stores_its_factor()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Factors.EnrolAsync(NewFactor($"factor {i}"), Audit, Ct))));

        var status = (await Factors.ReadAsync(alice.PersonId, Ct))!;
        Assert.Single(answers, stored => stored);
        Assert.Single(status.Factors);
        Assert.Equal(2, (await new OwnFactorStore(issuer.Database).ReadAsync(alice.PersonId, Ct)).RecoveryCodesLeft);
        Assert.Equal(1, status.Epoch);
        Assert.Null(status.EnrolmentCodeHash);
    }

    [Fact]
    public async Task The_code_that_confirmed_a_factor_is_used_up()
    {
        await Factors.EnrolAsync(NewFactor("factor"), Audit, Ct);

        Assert.False(await Factors.UseStepAsync(alice.PersonId, 1, 100, Ct));
    }

    [Fact]
    public async Task An_enrolment_code_out_of_date_stores_nothing()
    {
        clock.Turn(EnrolmentCode.Lifetime);

        var stored = await Factors.EnrolAsync(NewFactor("factor"), Audit, Ct);

        Assert.False(stored);
        Assert.Empty((await Factors.ReadAsync(alice.PersonId, Ct))!.Factors);
    }

    [Fact]
    public async Task After_the_epoch_has_moved_on_no_try_is_counted_and_nothing_is_used_up()
    {
        await Factors.EnrolAsync(NewFactor("factor"), Audit, Ct);

        Assert.Null(await Factors.CountTryAsync(alice.PersonId, 0, 5, Ct));
        Assert.False(await Factors.UseStepAsync(alice.PersonId, 0, 200, Ct));
    }

    private NewFactor NewFactor(string id) => new(alice.PersonId, new ConfirmedFactor(id, "app", [1, 2, 3], Step: 100, [[1], [2]]), Epoch: 0, EnrolmentCode.Hash(alice.EnrolmentCode));
}
