using KubeIdP.Data.Audit;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Time;
using Xunit;

namespace KubeIdP.Data.Tests.Audit;

/// <summary>What is done to the audit by SQL, and what is found of it.</summary>
public abstract class AuditCheckpointTests : StorageTests
{
    private AuditCheckpointWriter Checkpoints => new(Db.Database, Db.AuditKeys);

    private AuditVerifier Verifier => new(Db.Database, Db.AuditKeys);

    private AuditLog Log => Db.AuditLog;

    [Fact]
    public async Task What_was_written_is_whole_with_a_checkpoint_or_without()
    {
        await RecordAsync(3);
        Assert.Equal(3, await Checkpoints.WriteAsync(Ct));
        await RecordAsync(2);
        Assert.Equal(2, await Checkpoints.WriteAsync(Ct));
        Assert.Equal(0, await Checkpoints.WriteAsync(Ct));
        await RecordAsync(1);

        var verdict = await VerifyAsync();

        Assert.Empty(verdict.Findings);
        Assert.Equal((6, 2, 1, 0, 2), (verdict.Events, verdict.Checkpoints, verdict.Uncovered, verdict.Erased, verdict.LastCheckpoint));
    }

    [Fact]
    public async Task Of_many_who_report_one_address_at_once_one_writes_it()
    {
        var entry = new NewAuditEvent(AuditEventType.LoginSpraying) { Address = "203.0.113.66" };

        var written = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => Log.AppendOncePerAddressAsync(entry, TimeSpan.FromHours(1), Ct)));

        Assert.Single(written, one => one);
    }

    [Theory]
    [InlineData("UPDATE audit_events SET actor = 'mallory' WHERE id = {2}", AuditDamage.Changed)]
    [InlineData("UPDATE audit_events SET detail = 'nothing' WHERE id = {2}", AuditDamage.Changed)]
    [InlineData("UPDATE audit_events SET address = NULL WHERE id = {2}", AuditDamage.Changed)]
    [InlineData("UPDATE audit_events SET address = NULL, detail = NULL, reason = NULL, salt = NULL WHERE id = {2}", AuditDamage.Changed)]
    [InlineData("UPDATE audit_events SET at = at + 1 WHERE id = {2}", AuditDamage.Changed)]
    [InlineData("UPDATE audit_events SET id = id + 1000 WHERE id = {2}", AuditDamage.Changed)]
    [InlineData("UPDATE audit_events SET code = (SELECT code FROM audit_events WHERE id = {1}) WHERE id = {2}", AuditDamage.Changed)]
    [InlineData("UPDATE audit_events SET checkpoint = 3 WHERE id = {2}", AuditDamage.Removed)]
    [InlineData("UPDATE audit_events SET checkpoint = 9 WHERE id = {2}", AuditDamage.Inserted)]
    [InlineData("UPDATE audit_events SET checkpoint = NULL WHERE id = {2}", AuditDamage.Removed)]
    [InlineData("DELETE FROM audit_events WHERE id = {2}", AuditDamage.Removed)]
    [InlineData("DELETE FROM audit_events WHERE checkpoint = 2; DELETE FROM audit_checkpoints WHERE number = 2", AuditDamage.Gap)]
    [InlineData("DELETE FROM audit_events WHERE checkpoint = 1; DELETE FROM audit_checkpoints WHERE number = 1", AuditDamage.Cut)]
    [InlineData("DELETE FROM audit_events WHERE checkpoint = 1", AuditDamage.Removed)]
    [InlineData("INSERT INTO audit_events (at, type, code) VALUES (1, 'session.ended', (SELECT code FROM audit_events WHERE id = {2}))",
        AuditDamage.Changed)]
    [InlineData(
        "INSERT INTO audit_events (at, type, actor, address, detail, salt, code) SELECT at, type, actor, address, detail, salt, code "
        + "FROM audit_events WHERE id = {2}", AuditDamage.Inserted)]
    [InlineData(
        "INSERT INTO audit_events (at, type, actor, address, detail, salt, code, checkpoint) SELECT at, type, actor, address, detail, "
        + "salt, code, checkpoint FROM audit_events WHERE id = {2}", AuditDamage.Inserted)]
    [InlineData("UPDATE audit_checkpoints SET at = at + 1 WHERE number = 2", AuditDamage.Changed)]
    [InlineData("UPDATE audit_checkpoints SET events = 1 WHERE number = 2; DELETE FROM audit_events WHERE id = {2}", AuditDamage.Changed)]
    public async Task What_was_done_by_SQL_is_found(string damage, AuditDamage found)
    {
        var ids = new List<long>();
        for (var checkpoint = 0; checkpoint < 3; checkpoint++)
        {
            await RecordAsync(2);
            await Checkpoints.WriteAsync(Ct);
        }

        foreach (var entry in await AuditOfAsync(AuditEventType.PersonDisabled)) ids.Add(entry.Id);
        Assert.True((await VerifyAsync()).IsWhole);

        await ExecuteAsync(damage.Replace("{1}", $"{ids[0]}", StringComparison.Ordinal)
            .Replace("{2}", $"{ids[2]}", StringComparison.Ordinal));

        Assert.Contains(found, (await VerifyAsync()).Findings.Select(finding => finding.Damage));

        // Nor is it forgotten when time has gone on over it.
        await RecordAsync(1);
        await Checkpoints.WriteAsync(Ct);
        Assert.Contains(found, (await VerifyAsync()).Findings.Select(finding => finding.Damage));
    }

    [Fact]
    public async Task A_tail_that_was_cut_is_found_by_what_was_exported()
    {
        await RecordAsync(2);
        await Checkpoints.WriteAsync(Ct);
        await RecordAsync(2);
        await Checkpoints.WriteAsync(Ct);
        var exported = await ExportAsync();
        Assert.True((await VerifyAsync(exported)).IsWhole);

        await ExecuteAsync("DELETE FROM audit_events WHERE checkpoint = 2; DELETE FROM audit_checkpoints WHERE number = 2");
        Assert.True((await VerifyAsync()).IsWhole);
        var cut = Assert.Single((await VerifyAsync(exported)).Findings);
        Assert.Equal((AuditDamage.Cut, 2L), (cut.Damage, cut.Checkpoint));

        // Something else in its place does not hide it.
        await RecordAsync(2);
        await Checkpoints.WriteAsync(Ct);
        Assert.True((await VerifyAsync()).IsWhole);
        Assert.Equal((AuditDamage.Changed, 2L),
            Assert.Single((await VerifyAsync(exported)).Findings) is var other ? (other.Damage, other.Checkpoint) : default);
    }

    [Fact]
    public async Task An_export_is_held_against_itself()
    {
        for (var checkpoint = 0; checkpoint < 4; checkpoint++)
        {
            await RecordAsync(2);
            await Checkpoints.WriteAsync(Ct);
        }

        var exported = await ExportAsync();
        Assert.Equal([1, 2, 3, 4], exported.Select(batch => batch.Checkpoint.Number));
        Assert.True((await VerifyAsync([exported[2], exported[1], exported[1]])).IsWhole);

        Assert.Equal(AuditDamage.Gap, Assert.Single((await VerifyAsync([exported[0], exported[2]])).Findings).Damage);
        Assert.Equal(AuditDamage.Removed,
            Assert.Single((await VerifyAsync([exported[0] with { Events = [exported[0].Events[0]] }])).Findings).Damage);
        var entry = exported[1].Events[0];
        var forged = new AuditEvent { Id = entry.Id, At = entry.At, Type = entry.Type, Actor = "mallory", Detail = entry.Detail,
            Salt = entry.Salt, Code = entry.Code, Checkpoint = entry.Checkpoint };
        Assert.Equal(AuditDamage.Changed,
            Assert.Single((await VerifyAsync([exported[1] with { Events = [forged, exported[1].Events[1]] }])).Findings).Damage);
        Assert.Contains(AuditDamage.Changed,
            (await VerifyAsync([exported[0], exported[1] with { Previous = exported[2].Previous }])).Findings.Select(finding =>
                finding.Damage));
    }

    [Fact]
    public async Task What_was_deleted_because_of_its_age_is_not_missed_and_its_last_checkpoint_stays()
    {
        await RecordAsync(2);
        await Checkpoints.WriteAsync(Ct);
        await RecordAsync(1);
        await Checkpoints.WriteAsync(Ct);
        Clock.Advance(TimeSpan.FromDays(40));
        await RecordAsync(2);
        await Checkpoints.WriteAsync(Ct);
        var exported = await ExportAsync();

        Assert.Equal(3, await Log.PruneAsync(TimeSpan.FromDays(30), exportedOnly: true, Ct));
        Assert.Equal(0, await Log.PruneAsync(TimeSpan.FromDays(30), exportedOnly: true, Ct));

        foreach (var _ in (int[])[0, 1])
        {
            var verdict = await VerifyAsync(exported);
            Assert.Empty(verdict.Findings);
            Assert.Equal((2, 2), (verdict.PrunedThrough, (await CheckpointNumbersAsync())[0]));
            await Checkpoints.WriteAsync(Ct);
        }

        await ExecuteAsync("DELETE FROM audit_events WHERE checkpoint = 3; DELETE FROM audit_checkpoints WHERE number < 4");
        Assert.Contains((await VerifyAsync()).Findings, finding => finding is { Damage: AuditDamage.Cut, Checkpoint: 4 });
    }

    // Somebody who may write to the database can say that old audit events were deleted because of their age; they can't prove it.
    [Fact]
    public async Task Pruning_that_nobody_did_hides_nothing()
    {
        await RecordAsync(2);
        await Checkpoints.WriteAsync(Ct);
        await RecordAsync(2);
        await Checkpoints.WriteAsync(Ct);

        await ExecuteAsync(
            "DELETE FROM audit_events WHERE checkpoint = 1; INSERT INTO audit_events (at, type, actor, detail, code) VALUES (1, "
            + "'audit.pruned', 'issuer', 'through checkpoint 1', (SELECT code FROM audit_checkpoints WHERE number = 1))");

        Assert.Contains((await VerifyAsync()).Findings, finding => finding is { Damage: AuditDamage.Removed, Checkpoint: 1 });
    }

    [Fact]
    public async Task Another_key_proves_nothing()
    {
        await RecordAsync(2);
        await Checkpoints.WriteAsync(Ct);
        var other = new AuditKeySource(new AuditKey([.. Enumerable.Repeat((byte)7, AuditKey.Size)]));

        var verdict = await new AuditVerifier(Db.Database, other).VerifyAsync(exported: null, progress: null, Ct);

        Assert.Equal(3, verdict.Findings.Count);
        Assert.Throws<ArgumentException>(() => new AuditKey([1, 2, 3]));
    }

    [Fact]
    public async Task Checkpoints_that_race_make_one_chain()
    {
        await RecordAsync(300);
        var counts = await RaceAsync(8, async runner =>
        {
            var sum = 0;
            for (var i = 0; i < 5; i++)
            {
                sum += await Checkpoints.WriteAsync(Ct);
                await RecordAsync(1);
            }

            return sum;
        });
        while (await Checkpoints.WriteAsync(Ct) is > 0 and var rest) counts = [.. counts, rest];

        var verdict = await VerifyAsync();
        Assert.Empty(verdict.Findings);
        Assert.Equal((340, 340, 0), (counts.Sum(), verdict.Events, verdict.Uncovered));
    }

    protected async Task RecordAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await Log.AppendAsync(
                new NewAuditEvent(AuditEventType.PersonDisabled) { Actor = "cli", Detail = $"number {i}",
                    Address = i % 2 == 0 ? "192.0.2.7" : null }, Ct);
    }

    protected Task<AuditVerdict> VerifyAsync(IEnumerable<AuditBatch>? exported = null) =>
        Verifier.VerifyAsync(exported?.ToAsyncEnumerable(), progress: null, Ct);

    private async Task<List<AuditBatch>> ExportAsync()
    {
        var batches = new List<AuditBatch>();
        await new AuditExportStore(Db.Database).ExportAsync(100, some =>
        {
            batches.AddRange(some);
            return Task.CompletedTask;
        }, Ct);
        return batches;
    }

    private async Task<List<long>> CheckpointNumbersAsync()
    {
        var numbers = new List<long>();
        await foreach (var batch in Verifier.ReadAsync(Ct)) numbers.Add(batch.Checkpoint.Number);
        return numbers;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await Db.Database.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Ct);
    }
}

public sealed class AuditCheckpointSqliteTests : AuditCheckpointTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.SqliteAsync(clock, Ct);
}

public sealed class AuditCheckpointPostgresTests : AuditCheckpointTests
{
    protected override Task<TestDatabase> CreateAsync(FakeClock clock) => TestDatabase.PostgresAsync(clock, ct: Ct);

    // Numbers are given before the commit, so a later number may be seen first.
    [Fact]
    public async Task An_audit_event_that_was_committed_late_gets_a_later_checkpoint()
    {
        await using var late = await Db.Database.BeginAsync(Ct);
        await Db.AuditLog.AppendAsync(late, new NewAuditEvent(AuditEventType.PersonEnabled) { Detail = "late" }, Ct);
        await RecordAsync(1);

        Assert.Equal(1, await new AuditCheckpointWriter(Db.Database, Db.AuditKeys).WriteAsync(Ct));
        await late.CommitAsync(Ct);
        Assert.Equal(1, await new AuditCheckpointWriter(Db.Database, Db.AuditKeys).WriteAsync(Ct));

        Assert.True((await VerifyAsync()).IsWhole);
        Assert.Equal(2, Assert.Single(await AuditOfAsync(AuditEventType.PersonEnabled)).Checkpoint);
    }

    // Writing a checkpoint holds a lock; writing an audit event must not wait for it.
    [Fact]
    public async Task Audit_events_are_written_while_a_checkpoint_is_being_made()
    {
        await RecordAsync(1);
        await using var checkpointing = await Db.Database.OpenAsync(Ct);
        await using var transaction = await checkpointing.BeginTransactionAsync(Ct);
        await using var command = checkpointing.CreateCommand();
        command.CommandText =
            "UPDATE audit_events SET checkpoint = 1; INSERT INTO audit_checkpoints (number, at, events, code) VALUES (1, 1, 1, '\\x00')";
        await command.ExecuteNonQueryAsync(Ct);

        await RecordAsync(5).WaitAsync(TimeSpan.FromSeconds(5), Ct);
        await transaction.RollbackAsync(Ct);

        Assert.Equal(6, (await AuditOfAsync(AuditEventType.PersonDisabled)).Count);
    }
}
