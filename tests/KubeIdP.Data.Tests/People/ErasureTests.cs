using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Data.Tests.People;

public abstract class ErasureTests : StorageTests
{
    private static readonly ConnectorId Corp = new("corp");

    private static readonly Actor Root = new("root", "192.0.2.99", "ref-1") { Reason = "left the company" };

    private PersonStore People =>
        new(Db.Database, Db.AuditLog, new Administrators(Db.Database, [new UpstreamGroup(ConnectorId.Local, "admins")]));

    private UpstreamPeople Upstream => new(Db.Database, Db.AuditLog);

    private PersonErasure Eraser => new(Db.Database, Db.AuditLog);

    private PersonalRecords Records => new(Db.Database, Db.AuditLog);

    private AuditCheckpointWriter Checkpoints => new(Db.Database, Db.AuditKeys);

    [Fact]
    public async Task Nothing_personal_is_left_and_all_of_it_is_still_proven()
    {
        var (alice, session) = await SignedInAsync();
        await Checkpoints.WriteAsync(Ct);
        await People.DisableAsync(new PersonId(alice), Root, Ct);

        var done = Assert.IsType<Erasure.Done>(
            await Eraser.EraseAsync(new PersonId(alice), Root with { Reason = "asked to be forgotten" }, Ct));

        var rows = await EverythingAsync();
        Assert.All((string[])["Alice", "alice@", "guid-7", "192.0.2.1", "Mozilla", "left the company", "phone"],
            trace => Assert.DoesNotContain(trace, rows, StringComparison.OrdinalIgnoreCase));
        Assert.True(done.Events >= 3, $"{done.Events}");
        await Checkpoints.WriteAsync(Ct);
        var verdict = await new AuditVerifier(Db.Database, Db.AuditKeys).VerifyAsync(exported: null, progress: null, Ct);
        Assert.Empty(verdict.Findings);
        Assert.Equal(done.Events, verdict.Erased);

        // That it was done, by whom and why, is not hers.
        var erased = Assert.Single(await AuditOfAsync(AuditEventType.PersonErased));
        Assert.Equal(("root", alice, "asked to be forgotten"), (erased.Actor, erased.PersonId, erased.Reason));
        Assert.NotNull((await Db.CreateContext().Sessions.AsNoTracking().SingleAsync(row => row.Id == session, Ct)).EndedAt);
    }

    [Fact]
    public async Task A_person_who_may_still_sign_in_is_not_erased()
    {
        var (alice, _) = await SignedInAsync();

        Assert.IsType<Erasure.StillActive>(await Eraser.EraseAsync(new PersonId(alice), Root, Ct));
        Assert.IsType<Erasure.NotFound>(await Eraser.EraseAsync(new PersonId("nobody"), Root, Ct));

        Assert.Contains("alice@example.com", await EverythingAsync(), StringComparison.Ordinal);
        Assert.Empty(await AuditOfAsync(AuditEventType.PersonErased));
    }

    [Fact]
    public async Task Twice_is_once()
    {
        var (alice, _) = await SignedInAsync();
        await People.DisableAsync(new PersonId(alice), Root, Ct);
        await Eraser.EraseAsync(new PersonId(alice), Root, Ct);

        var again = await Eraser.EraseAsync(new PersonId(alice), Root, Ct);

        Assert.Equal(new Erasure.Done(0), again);
        Assert.Single(await AuditOfAsync(AuditEventType.PersonErased));
        Assert.Equal(PersonChange.NotFound, await People.EnableAsync(new PersonId(alice), Root, Ct));
    }

    // A directory's answer that was under way when she was erased, and her next attempt to sign in.
    [Fact]
    public async Task A_directory_brings_nothing_back_and_the_name_is_nobodys_for_a_while()
    {
        var (alice, _) = await SignedInAsync();
        var asked = Clock.GetUtcNow();
        await People.DisableAsync(new PersonId(alice), Root, Ct);
        await Eraser.EraseAsync(new PersonId(alice), Root, Ct);

        await Upstream.UpdateAsync(new PersonId(alice), Identity(), asked, Ct);
        var refused = await Upstream.LinkAsync(Identity(), new PersonId("somebody-new"), Actor.Issuer, Ct);
        Assert.IsType<UpstreamChange.NameTaken>(refused);
        Assert.DoesNotContain("guid-7", await EverythingAsync(), StringComparison.Ordinal);

        Clock.Advance(PersonStore.NameReservation + TimeSpan.FromMinutes(1));
        await Eraser.PruneNamesAsync(Ct);
        Assert.DoesNotContain("alice", await EverythingAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(new UpstreamChange.Done(new PersonId("somebody-new")),
            await Upstream.LinkAsync(Identity(), new PersonId("somebody-new"), Actor.Issuer, Ct));
    }

    [Fact]
    public async Task What_an_administrator_did_to_others_stays_whole()
    {
        var (bob, _) = (await AddPersonAsync("bob"), 0);
        var (alice, _) = await SignedInAsync();
        await People.DisableAsync(new PersonId(bob.Id), new Actor(alice, "192.0.2.1") { Reason = "lost laptop" }, Ct);
        await People.DisableAsync(new PersonId(alice), Root, Ct);

        await Eraser.EraseAsync(new PersonId(alice), Root, Ct);

        var disabled = Assert.Single(await AuditOfAsync(AuditEventType.PersonDisabled), entry => entry.PersonId == bob.Id);
        Assert.Equal((alice, "lost laptop"), (disabled.Actor, disabled.Reason));
    }

    [Fact]
    public async Task Audit_events_that_were_emptied_without_an_erasure_are_found()
    {
        var (alice, _) = await SignedInAsync();
        var bob = await AddPersonAsync("bob");
        await People.DisableAsync(new PersonId(bob.Id), Root, Ct);
        await People.DisableAsync(new PersonId(alice), Root, Ct);
        await Eraser.EraseAsync(new PersonId(alice), Root, Ct);

        // Somebody who may write to the database can do to bob's audit events what erasing did to hers; only the audit event about it is
        // missing.
        var hers = (await AuditOfAsync(AuditEventType.PersonDisabled)).Single(entry => entry.PersonId == alice);
        await using (var context = Db.CreateContext())
        {
            await context.AuditEvents.Where(entry => entry.Id == hers.Id)
                .ExecuteUpdateAsync(entry => entry.SetProperty(row => row.PersonId, bob.Id), Ct);
        }

        var verdict = await new AuditVerifier(Db.Database, Db.AuditKeys).VerifyAsync(exported: null, progress: null, Ct);
        Assert.Contains(verdict.Findings, finding => finding.Event == hers.Id);
    }

    [Fact]
    public async Task Those_who_have_been_gone_for_long_are_due()
    {
        var (alice, _) = await SignedInAsync();
        await AddPersonAsync("bob");
        await Upstream.RemoveAsync(new PersonId(alice), "corp: gone", Ct);
        var year = TimeSpan.FromDays(365);

        Assert.Empty(await Eraser.ListDueAsync(year, Ct));
        Clock.Advance(year + TimeSpan.FromDays(1));
        Assert.Equal([new PersonId(alice)], await Eraser.ListDueAsync(year, Ct));

        await Eraser.EraseAsync(new PersonId(alice), Actor.Issuer, Ct);
        Assert.Empty(await Eraser.ListDueAsync(year, Ct));
    }

    [Fact]
    public async Task The_export_has_everything_that_is_stored_but_secrets()
    {
        var (alice, session) = await SignedInAsync();
        await AddPersonAsync("bob");

        var record = await Records.ReadAsync(new PersonId(alice), Root, Ct);

        Assert.NotNull(record);
        Assert.Equal(("Alice", "alice@example.com", "Alice Example", "corp", "guid-7"),
            (record.Username, record.Email, record.DisplayName, record.Connector.Value, record.UpstreamId));
        Assert.Equal(["platform"], record.Groups);
        Assert.Equal("phone", Assert.Single(record.Factors).Name);
        Assert.Equal(1, record.RecoveryCodes);
        Assert.Equal((session, "192.0.2.1"), Assert.Single(record.Sessions) is var only ? (only.Id.Value, only.Address!) : default);
        Assert.Equal("prod", Assert.Single(record.Sessions[0].Grants).ClientId);
        Assert.Contains(AuditEventType.LoginSucceeded, record.Audit.Select(entry => entry.Type));
        Assert.Null(await Records.ReadAsync(new PersonId("nobody"), Root, Ct));
        Assert.Equal(("root", alice),
            Assert.Single(await AuditOfAsync(AuditEventType.PersonExported)) is var entry ? (entry.Actor, entry.PersonId) : default);
    }

    private static UpstreamIdentity Identity() =>
        new(Corp, "guid-7", "Alice", "Alice Example", "alice@example.com", EmailVerified: true, ["platform"]);

    /// <summary>Somebody of a directory with a session, a grant, a factor, a recovery code and what the audit says of it.</summary>
    private async Task<(string PersonId, string SessionId)> SignedInAsync()
    {
        Assert.IsType<UpstreamChange.Done>(
            await Upstream.LinkAsync(Identity(), new PersonId("alice-subject"), new Actor("alice-subject", "192.0.2.1"), Ct));
        await using var context = Db.CreateContext();
        var person = await context.People.SingleAsync(row => row.Id == "alice-subject", Ct);
        context.Add(
            new Factor { Id = "factor", PersonId = person.Id, Kind = "totp", Name = "phone", State = [1, 2, 3],
                CreatedAt = Clock.GetUtcNow() });
        context.Add(new RecoveryCode { PersonId = person.Id, Hash = [4, 5, 6] });
        await context.SaveChangesAsync(Ct);

        var session = SessionOf(person) with { UserAgent = "Mozilla/5.0" };
        var grant = GrantIn(session.Id);
        Assert.True(
            await Sessions.OpenAsync(session, grant,
                new NewAuditEvent(AuditEventType.LoginSucceeded) { Actor = person.Id, PersonId = person.Id, SessionId = session.Id,
                    Address = "192.0.2.1" }, Ct));
        Assert.NotNull(await Grants.RedeemCodeAsync(grant.Id, new ClientId(Client)));
        return (person.Id, session.Id);
    }

    /// <summary>Every text in the database, except the reserved names.</summary>
    private async Task<string> EverythingAsync()
    {
        await using var connection = await Db.Database.OpenAsync(Ct);
        var texts = new List<string>();
        foreach (var table in (string[])["people", "factors", "recovery_codes", "sessions", "grants", "audit_events"])
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            await using var row = await command.ExecuteReaderAsync(Ct);
            while (await row.ReadAsync(Ct))
                for (var column = 0; column < row.FieldCount; column++)
                    if (row.GetValue(column) is string text and not ("alice-subject" or "system:removed:alice-subject")) texts.Add(text);
        }

        return string.Join('\n', texts);
    }
}

public sealed class ErasureSqliteTests : ErasureTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class ErasurePostgresTests : ErasureTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);
}
