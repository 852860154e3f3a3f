using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Data.Tests.Sessions;

public abstract class CodeTests : StorageTests
{
    [Fact]
    public async Task A_code_is_redeemed_once()
    {
        var grant = await OpenSessionAsync();

        Assert.NotNull(await Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
        Assert.Null(await Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
    }

    [Fact]
    public async Task A_foreign_client_does_not_burn_a_code()
    {
        var grant = await OpenSessionAsync();

        Assert.Null(await Grants.RedeemCodeAsync(grant.Id, new ClientId("other")));
        Assert.NotNull(await Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
    }

    [Fact]
    public async Task A_code_of_an_ended_session_is_refused()
    {
        var grant = await OpenSessionAsync();

        await EndSessionAsync(grant.SessionId);

        Assert.Null(await Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
    }

    [Fact]
    public async Task A_code_past_the_sessions_absolute_end_is_refused()
    {
        var grant = await OpenSessionAsync(lifetime: TimeSpan.FromMinutes(5));

        Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Null(await Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
    }

    [Fact]
    public async Task A_read_shows_the_grant_its_session_and_its_person()
    {
        var grant = await OpenRedeemedGrantAsync();

        var read = await Grants.ReadAsync(grant.Id, Ct);

        Assert.NotNull(read);
        Assert.Equal((grant.SessionId, Client, "openid offline_access", "pwd otp mfa"),
            (read.SessionId, read.ClientId, read.Scopes, read.Amr));
        Assert.Equal(Clock.GetUtcNow(), read.AuthTime, TimeSpan.FromSeconds(2));
        Assert.Null(read.EndedAt);
        Assert.Equal(["platform"], read.Person.Groups);
        Assert.False(read.Person.Disabled);
        Assert.Equal(Clock.GetUtcNow(), read.Now, TimeSpan.FromSeconds(2));
        Assert.Equal(read.Now + SessionLifetime, read.EndsAt, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_sign_of_life_of_one_grant_is_one_of_the_session()
    {
        var grant = await OpenSessionAsync();
        var other = GrantIn(grant.SessionId);
        await Sessions.OpenGrantAsync(other, new("grant.opened"), Ct);

        Clock.Advance(TimeSpan.FromMinutes(20));
        await Grants.RedeemCodeAsync(other.Id, new ClientId(Client));
        var read = await Grants.ReadAsync(grant.Id, Ct);
        var session = await Sessions.FindLiveAsync(new SessionHandle(grant.SessionId, Generation: 0), Ct);

        Assert.Equal(Clock.GetUtcNow(), read!.LastActiveAt, TimeSpan.FromSeconds(2));
        Assert.Equal(read.LastActiveAt, session!.LastActiveAt);
    }
}

public sealed class CodeOnSqlite : CodeTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class CodeOnPostgres : CodeTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);
}
