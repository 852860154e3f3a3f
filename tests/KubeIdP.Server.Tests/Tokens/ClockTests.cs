using KubeIdP.Data.Storage;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Operations;
using KubeIdP.Server.TokenReview;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

/// <summary>Two replicas, each on a machine with a clock of its own, and the database with the right one (decisions/0019).</summary>
public sealed class ClockTests : IAsyncLifetime
{
    private readonly string folder = Scratch.NewFolder("kubeidp-clocks-");
    private readonly FakeClock real = new();
    private readonly MachineClock ahead = new() { Ahead = TimeSpan.FromSeconds(10) };
    private readonly MachineClock behind = new() { Ahead = TimeSpan.FromSeconds(-10) };
    private TestDatabase database = null!;
    private InMemoryIssuer early = null!;
    private InMemoryIssuer late = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.PostgresAsync(real, ct: Ct);
        early = await StartAsync(ahead);
        late = await StartAsync(behind);
    }

    public async ValueTask DisposeAsync()
    {
        if (late is not null) await late.DisposeAsync();
        if (early is not null) await early.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Twenty_seconds_between_two_replicas_are_in_no_token_and_in_no_code()
    {
        var account = await early.AddAccountAsync("alice", Ct);
        using var browser = early.CreateBrowser();
        using var here = early.CreateClient();
        using var there = late.CreateClient();

        var code = await here.SignInAsync(browser, account, Ct);
        var tokens = await AssertDatedRightAsync(() => there.RedeemAsync(code, Ct, ("code_verifier", here.Verifier)));
        foreach (var client in (RelyingParty[])[here, there])
        {
            tokens = await AssertDatedRightAsync(() => client.RefreshAsync(tokens.RefreshToken!, Ct));
            foreach (var replica in (InMemoryIssuer[])[early, late]) Assert.NotNull(await ReviewAsync(replica, tokens));
        }

        // Its minute is over for both of them at the same moment.
        real.Advance(TimeSpan.FromSeconds(61));
        foreach (var replica in (InMemoryIssuer[])[early, late])
        {
            await replica.Services.GetRequiredService<DatabaseClock>().ReadAsync(database.Database, Ct);
            Assert.Null(await ReviewAsync(replica, tokens));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_machine_that_is_set_by_an_hour_costs_nobody_anything(int hours)
    {
        var account = await early.AddAccountAsync("alice", Ct);
        using var browser = early.CreateBrowser();
        using var client = early.CreateClient();
        var tokens = await client.LogInAsync(browser, account, Ct);

        ahead.Ahead += TimeSpan.FromHours(hours);
        await early.Services.GetRequiredService<DatabaseClock>().ReadAsync(database.Database, Ct);

        tokens = await AssertDatedRightAsync(() => client.RefreshAsync(tokens.RefreshToken!, Ct));
        Assert.NotNull(await ReviewAsync(early, tokens));
        using var another = early.CreateBrowser();
        await AssertDatedRightAsync(() => client.LogInAsync(another, account, Ct));
        Assert.All(early.Services.GetRequiredService<SigningKeys>().All, key => Assert.Equal(KeyState.Signing, key.State));
    }

    [Theory]
    [InlineData(25, null)]
    [InlineData(-25, null)]
    [InlineData(40, "this machine's clock and the database's are 40 s apart")]
    [InlineData(-40, "this machine's clock and the database's are 40 s apart")]
    public async Task A_replica_whose_clock_is_off_is_ready_until_it_is_half_of_a_tokens_life(int seconds, string? problem)
    {
        ahead.Ahead = TimeSpan.FromSeconds(seconds);
        await early.Services.GetRequiredService<DatabaseClock>().ReadAsync(database.Database, Ct);

        var checks = await early.Services.GetRequiredService<Readiness>().CheckAsync(Ct);

        Assert.Equal(problem, checks.Single(check => check.Name == "clock").Failure);
    }

    private async Task<TokenAnswer> AssertDatedRightAsync(Func<Task<TokenAnswer>> issue)
    {
        var before = real.GetUtcNow().ToUnixTimeSeconds();
        var tokens = (await issue()).Succeeded();
        var after = real.GetUtcNow().ToUnixTimeSeconds();

        Assert.InRange(tokens.Claims.GetProperty("iat").GetInt64(), before, after);
        Assert.Equal(60, tokens.Claims.GetProperty("exp").GetInt64() - tokens.Claims.GetProperty("iat").GetInt64());
        return tokens;
    }

    private static Task<ReviewedUser?> ReviewAsync(InMemoryIssuer replica, TokenAnswer tokens) =>
        replica.Services.GetRequiredService<TokenInspector>()
            .InspectAsync(tokens.IdToken, replica.Services.GetRequiredService<ClientCatalog>().Find("kubernetes")!, Ct);

    /// <summary>With the product's own clock, on a machine whose clock is this one.</summary>
    private Task<InMemoryIssuer> StartAsync(TimeProvider machine) =>
        InMemoryIssuer.StartAsync(database, folder, change: null, Ct, more: services =>
        services.AddSingleton(new DatabaseClock(machine))
            .AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>()));
}
