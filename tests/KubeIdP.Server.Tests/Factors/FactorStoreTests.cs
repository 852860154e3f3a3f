using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Tests.Accounts;
using KubeIdP.Server.Tests.Upstreams;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

public sealed class FactorStoreTests : IAsyncLifetime
{
    private static readonly NewAuditEvent Audit = new(AuditEventType.FactorEnrolled);

    private readonly ShiftedClock clock = new();
    private TemporaryIssuer issuer = null!;
    private AddedAccount.Added alice = null!;

    private FactorStore Factors => new(issuer.Database, issuer.AuditLog);

    private TotpStore Codes => new(issuer.Database);

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
        var tries = await Task.WhenAll(Enumerable.Range(0, 25)
            .Select(_ => Task.Run(() => Factors.CountAttemptAsync(new PersonId(alice.PersonId), 0, 5, Ct))));

        Assert.Equal([1, 2, 3, 4, 5], tries.OfType<int>().Order());
    }

    [Fact]
    public async Task A_step_is_good_once_and_earlier_ones_never()
    {
        await EnrolAsync("factor");

        Assert.True(await UseAsync(1, ("factor", 101)));
        Assert.False(await UseAsync(1, ("factor", 101)));
        Assert.False(await UseAsync(1, ("factor", 99)));
        Assert.True(await UseAsync(1, ("factor", 102)));
    }

    [Fact]
    public async Task Of_parallel_uses_of_one_step_one_is_right()
    {
        await EnrolAsync("factor");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => UseAsync(1, ("factor", 101)))));

        Assert.Single(answers, right => right);
    }

    [Fact]
    public async Task Each_factor_counts_for_itself()
    {
        await EnrolAsync("phone");
        await EnrolAsync("tablet", "phone");

        Assert.True(await UseAsync(1, ("phone", 101)));
        Assert.True(await UseAsync(1, ("tablet", 101)));
    }

    [Fact]
    public async Task A_code_that_two_factors_have_at_once_is_good_once()
    {
        await EnrolAsync("phone");
        await EnrolAsync("tablet", "phone");

        Assert.True(await UseAsync(1, ("phone", 101), ("tablet", 102)));
        Assert.False(await UseAsync(1, ("phone", 101), ("tablet", 102)));
        Assert.False(await UseAsync(1, ("tablet", 101)));
    }

    [Fact]
    public async Task Of_another_persons_factor_nothing_is_used_up()
    {
        await EnrolAsync("factor");
        var bob = await issuer.AddAsync("bob");

        Assert.False(await Codes.UseAsync(new PersonId(bob.PersonId), 0, [new TotpUse("factor", 200)], Ct));
        Assert.True(await UseAsync(1, ("factor", 101)));
    }

    [Fact]
    public async Task A_right_code_forgets_the_wrong_ones()
    {
        await EnrolAsync("factor");
        await Factors.CountAttemptAsync(new PersonId(alice.PersonId), 1, 5, Ct);

        await UseAsync(1, ("factor", 101));

        Assert.Equal(0, (await Factors.ReadAsync(new PersonId(alice.PersonId), Ct))!.Failures);
    }

    [Fact]
    public async Task A_used_code_forgets_nothing()
    {
        await EnrolAsync("factor");
        await Factors.CountAttemptAsync(new PersonId(alice.PersonId), 1, 5, Ct);

        await UseAsync(1, ("factor", 100));

        Assert.Equal(1, (await Factors.ReadAsync(new PersonId(alice.PersonId), Ct))!.Failures);
    }

    [Fact]
    public async Task Of_parallel_enrolments_with_one_code_one_stores_its_factor()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(i => Task.Run(() => Factors.EnrolAsync(NewFactor($"factor {i}"), Audit, Ct))));

        var status = (await Factors.ReadAsync(new PersonId(alice.PersonId), Ct))!;
        Assert.Single(answers, stored => stored);
        Assert.Single(status.Factors);
        Assert.Equal(2,
            (await new OwnFactorStore(issuer.Database, issuer.AuditLog).ReadAsync(new PersonId(alice.PersonId), Ct)).RecoveryCodesLeft);
        Assert.Equal(1, status.Epoch);
        Assert.Null(status.EnrolmentCodeHash);
    }

    [Fact]
    public async Task The_code_that_confirmed_a_factor_is_used_up()
    {
        await Factors.EnrolAsync(NewFactor("factor"), Audit, Ct);

        Assert.False(await UseAsync(1, ("factor", 100)));
    }

    [Fact]
    public async Task An_enrolment_code_out_of_date_stores_nothing()
    {
        clock.Turn(EnrolmentCode.Lifetime);

        var stored = await Factors.EnrolAsync(NewFactor("factor"), Audit, Ct);

        Assert.False(stored);
        Assert.Empty((await Factors.ReadAsync(new PersonId(alice.PersonId), Ct))!.Factors);
    }

    [Fact]
    public async Task After_the_epoch_has_moved_on_no_try_is_counted_and_nothing_is_used_up()
    {
        await Factors.EnrolAsync(NewFactor("factor"), Audit, Ct);

        Assert.Null(await Factors.CountAttemptAsync(new PersonId(alice.PersonId), 0, 5, Ct));
        Assert.False(await UseAsync(0, ("factor", 200)));
    }

    private async Task EnrolAsync(string id) => Assert.True(await Factors.EnrolAsync(NewFactor(id), Audit, Ct));

    /// <summary>Stores a second row as a further factor has it, without a session of its owner.</summary>
    private async Task EnrolAsync(string id, string beside)
    {
        await using var connection = await issuer.Database.OpenAsync(Ct);
        await using var command = issuer.Database.Command(connection, """
            INSERT INTO factors (id, person_id, kind, name, state, last_counter, created_at)
            SELECT @id, person_id, kind, name, state, last_counter, created_at FROM factors WHERE id = @beside
            """, ("id", id), ("beside", beside));
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Ct));
    }

    private Task<bool> UseAsync(long epoch, params (string Id, long Step)[] uses) =>
        Codes.UseAsync(new PersonId(alice.PersonId), epoch, [.. uses.Select(use => new TotpUse(use.Id, use.Step))], Ct);

    private NewFactor NewFactor(string id)
    {
        var confirmed = new ConfirmedFactor(id, FactorKind.Totp, "app", [1, 2, 3], LastCounter: 100);
        return new NewFactor(new PersonId(alice.PersonId), new FirstFactor(confirmed, [[1], [2]]), Epoch: 0,
            EnrolmentCode.Hash(alice.EnrolmentCode));
    }
}
