using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

/// <summary>What every kind of factor promises, on each database. The next kind inherits it.</summary>
public abstract class FactorKindConformance(RunningIssuer running, string name) : ProtocolTests(running)
{
    private protected IFactorKind Kind => Kinds.All.Single(kind => kind.Kind.Name == name);

    private protected FactorKinds Kinds => Issuer.Services.GetRequiredService<FactorKinds>();

    private FactorStore Store => Issuer.Services.GetRequiredService<FactorStore>();

    private FactorCheck Check => Issuer.Services.GetRequiredService<FactorCheck>();

    /// <summary>One that this account, which has signed in before, has not given yet.</summary>
    protected abstract Task<string> NextAnswerAsync(Account account);

    [Fact]
    public async Task A_right_answer_is_right_once_and_forgets_the_wrong_ones_before_it()
    {
        var account = await EnrolledAsync();
        var answer = await NextAnswerAsync(account);

        Assert.Equal(FactorResult.Wrong, await TryAsync(account, "wrong"));
        Assert.Equal(FactorResult.Right, await TryAsync(account, answer));
        Assert.Equal(0, (await StatusAsync(account)).Failures);
        Assert.Equal(FactorResult.Wrong, await TryAsync(account, answer));
        Assert.Equal(1, (await StatusAsync(account)).Failures);
        Assert.Equal(FactorResult.Right, await TryAsync(account, await NextAnswerAsync(account)));
    }

    [Fact]
    public async Task Of_one_answer_given_many_times_at_once_one_is_right()
    {
        var account = await EnrolledAsync();
        var answer = await NextAnswerAsync(account);
        var (attempt, factors) = await AttemptAsync(account);

        var verdicts = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => Task.Run(() => Kind.VerifyAsync(attempt, factors, answer, Ct))));

        Assert.Single(verdicts, verdict => verdict is FactorVerdict.Right);
        Assert.All(verdicts, verdict => Assert.True(verdict is FactorVerdict.Right or FactorVerdict.Wrong));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("wrong")]
    [InlineData("{}")]
    [InlineData("\u0000\uffff")]
    public async Task What_is_no_answer_is_wrong_and_counted(string? answer)
    {
        var account = await EnrolledAsync();

        Assert.Equal(FactorResult.Wrong, await TryAsync(account, answer));
        Assert.Equal(1, (await StatusAsync(account)).Failures);
    }

    [Fact]
    public async Task A_very_long_answer_is_wrong()
    {
        Assert.Equal(FactorResult.Wrong, await TryAsync(await EnrolledAsync(), new string('7', 100_000)));
    }

    [Fact]
    public async Task Another_persons_answer_is_wrong()
    {
        var (alice, bob) = (await EnrolledAsync(), await EnrolledAsync());
        var answer = await NextAnswerAsync(alice);

        Assert.Equal(FactorResult.Wrong, await TryAsync(bob, answer));
        Assert.Equal(FactorResult.Right, await TryAsync(alice, answer));
    }

    // Another login was completed, or an administrator stepped in, after the password of this one.
    [Fact]
    public async Task After_the_epoch_has_moved_on_a_right_answer_is_not_looked_at_and_not_used_up()
    {
        var account = await EnrolledAsync();
        var answer = await NextAnswerAsync(account);
        var (attempt, factors) = await AttemptAsync(account);
        await ExecuteAsync("UPDATE people SET factor_epoch = factor_epoch + 1 WHERE user_name = @name", ("name", account.Username));

        Assert.Equal(FactorResult.LoginOver, await Check.VerifyAsync(Kind, attempt, factors, answer, Ct));
        Assert.IsType<FactorVerdict.Wrong>(await Kind.VerifyAsync(attempt, factors, answer, Ct));
        Assert.Equal(FactorResult.Right, await TryAsync(account, answer));
    }

    [Fact]
    public async Task Of_a_disabled_person_no_answer_is_right()
    {
        var account = await EnrolledAsync();
        var answer = await NextAnswerAsync(account);
        var (attempt, factors) = await AttemptAsync(account);
        await ExecuteAsync("UPDATE people SET disabled_at = 1 WHERE user_name = @name", ("name", account.Username));

        Assert.Equal(FactorResult.LoginOver, await Check.VerifyAsync(Kind, attempt, factors, answer, Ct));
        Assert.IsType<FactorVerdict.Wrong>(await Kind.VerifyAsync(attempt, factors, answer, Ct));
    }

    [Fact]
    public async Task The_last_try_ends_the_login()
    {
        var account = await EnrolledAsync();
        var (attempt, factors) = await AttemptAsync(account);

        for (var i = 1; i < FactorThrottle.PerLogin; i++)
            Assert.Equal(FactorResult.Wrong, await Check.VerifyAsync(Kind, attempt, factors, "wrong", Ct));

        Assert.Equal(FactorResult.LoginOver, await Check.VerifyAsync(Kind, attempt, factors, "wrong", Ct));
        Assert.Equal(FactorResult.LoginOver, await Check.VerifyAsync(Kind, attempt, factors, await NextAnswerAsync(account), Ct));
    }

    [Fact]
    public void It_has_a_page_of_its_own_that_the_dispatcher_knows()
    {
        Assert.Single(Kinds.All, kind => kind.Page == Kind.Page);
        Assert.Single(Issuer.Services.GetServices<IFactorPage>(), page => page.Kind == Kind.Kind && page.Page == Kind.Page);
        Assert.NotEmpty(Kind.LinkText);
    }

    [Fact]
    public void What_can_be_first_can_be_set_up() => Assert.Equal(Kind.Kind.CanBeFirst, Kind is IFactorEnrolment);

    /// <summary>Somebody who has set up a factor, with recovery codes, some time ago.</summary>
    private protected async Task<Account> EnrolledAsync()
    {
        var account = await AddAccountAsync();
        using var browser = Issuer.CreateBrowser();
        await Kubectl.SignInAsync(browser, account, Ct);
        return account;
    }

    private async Task<FactorResult> TryAsync(Account account, string? answer)
    {
        var (attempt, factors) = await AttemptAsync(account);
        return await Check.VerifyAsync(Kind, attempt, factors, answer, Ct);
    }

    /// <summary>A new login of this person that has come as far as the factor, and the factors.</summary>
    private async Task<(FactorAttempt Attempt, IReadOnlyList<StoredFactor> Factors)> AttemptAsync(Account account)
    {
        var status = await StatusAsync(account);
        var proof = new FirstProof(
            ProofMethod.Password, ConnectorId.Local, new PersonId(await IdOfAsync(account)), account.Username, status.Epoch,
            status.Failures,
            Clock.GetUtcNow());
        return (new FactorAttempt(proof, ClientId: null, "192.0.2.1", "reference"), status.Factors);
    }

    private async Task<FactorStatus> StatusAsync(Account account) => (await Store.ReadAsync(new PersonId(await IdOfAsync(account)), Ct))!;

    private async Task<string> IdOfAsync(Account account)
    {
        await using var connection = await Database.Database.OpenAsync(Ct);
        await using var command = Database.Database.Command(
            connection, "SELECT id FROM people WHERE user_name = @name", ("name", account.Username));
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }
}
