using KubeIdP.Data.Guessing;
using KubeIdP.Server.Login;
using KubeIdP.Server.Tests.Directories;
using Xunit;

namespace KubeIdP.Server.Tests.Login;

public sealed class FailureStoreTests : IAsyncLifetime
{
    private const int Bucket = 4711;

    private readonly TurnedClock clock = new();
    private TemporaryIssuer issuer = null!;

    private FailureStore Failures => new(issuer.Database);

    public async ValueTask InitializeAsync() => issuer = await TemporaryIssuer.StartAsync(clock);

    public ValueTask DisposeAsync() => issuer.DisposeAsync();

    [Fact]
    public async Task Of_many_parallel_guesses_only_the_free_ones_are_let_through()
    {
        var seen = await Failures.ReadAsync(Bucket, marker: null, TestContext.Current.CancellationToken);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => CountAsync(seen))));

        Assert.Equal(GuessDelay.FreePerAccount, answers.Count(passed => passed));
    }

    [Fact]
    public async Task Of_many_who_waited_for_the_same_delay_one_goes_on()
    {
        for (var i = 0; i < GuessDelay.FreePerAccount; i++) await CountAsync();
        clock.Turn(TimeSpan.FromSeconds(2));
        var seen = await Failures.ReadAsync(Bucket, marker: null, TestContext.Current.CancellationToken);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => CountAsync(seen))));

        Assert.Single(answers, passed => passed);
    }

    [Fact]
    public async Task Failures_in_quick_succession_add_up()
    {
        for (var i = 0; i < 5; i++)
        {
            await CountAsync();
            clock.Turn(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(5, (await Failures.ReadAsync(Bucket, marker: null, TestContext.Current.CancellationToken)).Failures);
    }

    [Fact]
    public async Task Failures_fade_and_are_forgotten_after_a_quarter_of_an_hour()
    {
        for (var i = 0; i < 4; i++) await CountAsync();

        clock.Turn(GuessDelay.Memory / 2);
        await CountAsync();
        Assert.Equal(3, (await Failures.ReadAsync(Bucket, marker: null, TestContext.Current.CancellationToken)).Failures);

        clock.Turn(GuessDelay.Memory);
        await CountAsync();
        Assert.Equal(1, (await Failures.ReadAsync(Bucket, marker: null, TestContext.Current.CancellationToken)).Failures);
    }

    private async Task<bool> CountAsync(FailureCount? seen = null) => await Failures.CountAsync(
        Bucket, seen ?? await Failures.ReadAsync(Bucket, marker: null, TestContext.Current.CancellationToken), GuessDelay.FreePerAccount, GuessDelay.Memory, TestContext.Current.CancellationToken);
}
