using System.Buffers.Binary;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Schema;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Upstreams;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Xunit;

namespace KubeIdP.Server.Tests.Accounts;

public sealed class LocalConnectorTests : IAsyncLifetime
{
    private TemporaryIssuer issuer = null!;
    private AddedAccount.Added alice = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        issuer = await TemporaryIssuer.StartAsync(TimeProvider.System, realCost: true);
        alice = await issuer.AddAsync("alice", "dev", "ops");
    }

    public ValueTask DisposeAsync() => issuer.DisposeAsync();

    [Theory]
    [InlineData("alice")]
    [InlineData("ALICE")]
    public async Task The_right_password_tells_who_it_is(string username)
    {
        var known = Assert.IsType<UpstreamAnswer.Known>(await AuthenticateAsync(username, TemporaryIssuer.Password));

        Assert.Equal((ConnectorId.Local, alice.PersonId, "alice"),
            (known.Identity.Connector, known.Identity.UpstreamId, known.Identity.Username));
        Assert.Equal(["dev", "ops"], known.Identity.Groups);
        Assert.False(known.Identity.EmailVerified);
    }

    [Theory]
    [InlineData("alice", "", Refusal.WrongPassword)]
    [InlineData("alice", "wrong", Refusal.WrongPassword)]
    [InlineData("bob", "wrong", Refusal.Unknown)]
    [InlineData("", "wrong", Refusal.Unknown)]
    [InlineData("*", "wrong", Refusal.Unknown)]
    [InlineData("alice\0", TemporaryIssuer.Password, Refusal.Unknown)]
    [InlineData("\ud800", "wrong", Refusal.Unknown)]
    public async Task Everything_else_is_refused(string username, string password, Refusal reason)
    {
        Assert.Equal(new UpstreamAnswer.Refused(reason), await AuthenticateAsync(username, password));
    }

    [Fact]
    public async Task A_password_of_a_megabyte_is_refused_before_it_is_hashed()
    {
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.WrongPassword), await AuthenticateAsync("alice", new string('x', 1_000_000)));
    }

    [Fact]
    public async Task A_disabled_account_is_refused_at_login_and_at_refresh()
    {
        await ChangeAsync(people => people.ExecuteUpdateAsync(set => set.SetProperty(p => p.DisabledAt, DateTimeOffset.UnixEpoch), Ct));

        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Disabled), await AuthenticateAsync("alice", TemporaryIssuer.Password));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Disabled), await LookUpAsync(alice.PersonId));
    }

    [Fact]
    public async Task A_refresh_sees_the_groups_of_now()
    {
        IReadOnlyList<string> groups = ["ops"];
        await ChangeAsync(people => people.ExecuteUpdateAsync(set => set.SetProperty(p => p.Groups, groups), Ct));

        var known = Assert.IsType<UpstreamAnswer.Known>(await LookUpAsync(alice.PersonId));

        Assert.Equal(["ops"], known.Identity.Groups);
    }

    [Fact]
    public async Task Nobody_is_found_under_an_unknown_id()
    {
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Unknown), await LookUpAsync("alice"));
    }

    [Fact]
    public async Task An_old_hash_is_replaced_by_one_of_the_present_cost()
    {
        var cheap = new PasswordHasher<Person>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 }))
            .HashPassword(null!, TemporaryIssuer.Password);
        await ChangeAsync(people => people.ExecuteUpdateAsync(set => set.SetProperty(p => p.PasswordHash, cheap), Ct));

        Assert.IsType<UpstreamAnswer.Known>(await AuthenticateAsync("alice", TemporaryIssuer.Password));

        var hash = await issuer.InScopeAsync((KubeIdpDbContext db) => db.People.Select(p => p.PasswordHash).SingleAsync(Ct));

        // Identity's format: a version, the pseudo-random function (2 is HMAC-SHA512) and the iterations, as OWASP has them.
        var header = Convert.FromBase64String(hash!).AsSpan(1, 8);
        Assert.Equal((2u, 220_000u), (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header[4..])));
        Assert.IsType<UpstreamAnswer.Known>(await AuthenticateAsync("alice", TemporaryIssuer.Password));
    }

    [Fact]
    public async Task The_account_leads_to_its_person()
    {
        var known = Assert.IsType<UpstreamAnswer.Known>(await LookUpAsync(alice.PersonId));

        var linked = await issuer.InScopeAsync((SubjectLinker linker) => linker.LinkAsync(known.Identity, Actor.CommandLine, Ct));
        var stranger = await issuer.InScopeAsync((SubjectLinker linker) =>
            linker.LinkAsync(known.Identity with { UpstreamId = "another" }, Actor.CommandLine, Ct));

        Assert.Equal(alice.PersonId, Assert.IsType<LinkedPerson.Linked>(linked).Person.Id);
        Assert.IsType<LinkedPerson.Gone>(stranger);
    }

    private Task<UpstreamAnswer> AuthenticateAsync(string username, string password) =>
        issuer.InScopeAsync((LocalConnector local) => local.AuthenticateAsync(username, password, Ct));

    private Task<UpstreamAnswer> LookUpAsync(string upstreamId) =>
        issuer.InScopeAsync((LocalConnector local) => local.LookUpAsync(upstreamId, Ct));

    private Task<int> ChangeAsync(Func<IQueryable<Person>, Task<int>> change) =>
        issuer.InScopeAsync((KubeIdpDbContext db) => change(db.People));
}
