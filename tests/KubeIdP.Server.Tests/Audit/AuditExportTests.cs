using System.Text.Json;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace KubeIdP.Server.Tests.Audit;

/// <summary>The export of audit events, on either database.</summary>
public abstract class AuditExportTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string folder = Scratch.NewFolder("kubeidp-audit-");

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected FakeClock Clock { get; } = new();

    protected TestDatabase Db { get; private set; } = null!;

    private AuditExportStore Store => new(Db.Database);

    private string File => Path.Combine(folder, "audit.jsonl");

    public async ValueTask InitializeAsync() => Db = await CreateAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Db is not null) await Db.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_audit_event_becomes_one_line_once()
    {
        await using var issuer = await StartAsync();
        await using var other = Db.Database.IsPostgres ? await StartAsync() : null;
        for (var i = 0; i < 300; i++) await RecordAsync($"audit event {i} of \"alice\"\n");

        var lines = await LinesAsync(300);

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"audit event {i} of \"alice\"\\u{{000A}}").Order(StringComparer.Ordinal),
            lines.Select(line => line.GetProperty("detail").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(lines,
            line => Assert.Equal(("kubeidp.audit", "person.disabled"),
                (line.GetProperty("log").GetString(), line.GetProperty("type").GetString())));
        Assert.All(lines, line => Assert.False(line.TryGetProperty("address", out _)));
    }

    [Fact]
    public async Task What_could_not_be_written_comes_again()
    {
        await RecordAsync("an audit event");

        await Assert.ThrowsAsync<IOException>(() => Store.ExportAsync(10, _ => throw new IOException("The disk is full."), Ct));
        var again = new List<AuditEvent>();
        Assert.Equal((1, 0), (await ExportAsync(again), await ExportAsync([])));
        Assert.Equal("an audit event", Assert.Single(again).Detail);
    }

    [Fact]
    public async Task Old_audit_events_are_deleted_and_those_that_wait_for_their_export_are_not()
    {
        var audit = Db.AuditLog;
        await RecordAsync("exported");
        await ExportAsync([]);
        await RecordAsync("waiting");
        Clock.Advance(TimeSpan.FromDays(40));
        await RecordAsync("young");

        Assert.Equal(1, await audit.PruneAsync(TimeSpan.FromDays(30), exportedOnly: true, Ct));
        Assert.Equal(["waiting", "young", "through checkpoint 1"], await DetailsAsync());
        Assert.Equal(1, await audit.PruneAsync(TimeSpan.FromDays(30), exportedOnly: false, Ct));
        Assert.Equal(["young", "through checkpoint 1", "through checkpoint 2"], await DetailsAsync());
    }

    // What a server has written is what the command can prove.
    [Fact]
    public async Task Lines_are_read_back_as_the_audit_events_that_they_were()
    {
        AuditKeySource keys;
        await using (var issuer = await StartAsync())
        {
            keys = issuer.Services.GetRequiredService<AuditKeySource>();
            await RecordAsync("\u00e4 \"quoted\" text\u2028with\nlines", keys);
            await RecordAsync("another", keys);
            await LinesAsync(2);
        }

        await System.IO.File.AppendAllTextAsync(File, "{\"log\":\"of somebody else\"}\nkubeidp.audit is a name\n", Ct);
        var file = new AuditExportFile([File]);
        var verdict = await new AuditVerifier(Db.Database, keys).VerifyAsync(file.ReadAsync(Ct), progress: null, Ct);
        Assert.Equal((true, 0, 0), (verdict.IsWhole, file.Loose, file.Unreadable.Count));

        var text = await System.IO.File.ReadAllTextAsync(File, Ct);
        await System.IO.File.WriteAllTextAsync(File,
            text.Replace("another", "an other", StringComparison.Ordinal) + "{\"log\":\"kubeidp.audit\",\"id\":\n", Ct);
        var changed = new AuditExportFile([File]);
        verdict = await new AuditVerifier(Db.Database, keys).VerifyAsync(changed.ReadAsync(Ct), progress: null, Ct);
        Assert.Equal(AuditDamage.Changed, Assert.Single(verdict.Findings).Damage);
        Assert.Single(changed.Unreadable);
    }

    // A pipe that nobody reads takes nothing and refuses nothing: already to open it does not return.
    [Fact]
    public async Task A_blocked_sink_stops_nothing_and_gets_everything_later()
    {
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [File])) await mkfifo.WaitForExitAsync(Ct);
        await using var issuer = await StartAsync();
        await RecordAsync("first");
        await WaitUntilAsync(() => issuer.Log.Lines.Any(line => line.Contains("has accepted no audit event", StringComparison.Ordinal)));

        await RecordAsync("second");
        await issuer.CreateClient().LogInAsync(issuer.CreateBrowser(), await issuer.AddAccountAsync("alice", Ct), Ct);
        Assert.True(await Store.CountWaitingAsync(Ct) >= 2);
        using var promptly = new CancellationTokenSource(Limit);
        await issuer.Services.GetRequiredService<IHost>().StopAsync(promptly.Token);
        Assert.False(promptly.IsCancellationRequested);

        // What the stopped one holds it may still write, so the next one's lines can come twice; none is missing.
        await using var next = await StartAsync();
        var details = new List<string?>();
        using var reader = new StreamReader(new FileStream(File, FileMode.Open, FileAccess.ReadWrite));
        while (!details.Contains("second"))
        {
            var line = JsonDocument.Parse((await reader.ReadLineAsync(Ct).AsTask().WaitAsync(Limit, Ct))!).RootElement;
            if (line.TryGetProperty("detail", out var detail)) details.Add(detail.GetString());
        }

        Assert.Contains("first", details);
        await WaitUntilAsync(() => Store.CountWaitingAsync(Ct).Result == 0);
    }

    protected abstract Task<TestDatabase> CreateAsync();

    /// <summary>Each under a checkpoint of its own.</summary>
    /// <param name="detail">The audit event's.</param>
    /// <param name="keys">The server's, where what it wrote is verified; null: the test's own.</param>
    protected async Task RecordAsync(string detail, AuditKeySource? keys = null)
    {
        await new AuditLog(Db.Database, keys ?? Db.AuditKeys)
            .AppendAsync(new NewAuditEvent(AuditEventType.PersonDisabled) { Actor = "cli", Detail = detail }, Ct);
        await new AuditCheckpointWriter(Db.Database, keys ?? Db.AuditKeys).WriteAsync(Ct);
    }

    protected Task<int> ExportAsync(List<AuditEvent> to) => Store.ExportAsync(10, batches =>
    {
        to.AddRange(batches.SelectMany(batch => batch.Events));
        return Task.CompletedTask;
    }, Ct);

    private Task<InMemoryIssuer> StartAsync() =>
        InMemoryIssuer.StartAsync(Db, folder, settings => settings with { Audit = new() { JsonLines = File } }, Ct);

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (var since = System.Diagnostics.Stopwatch.StartNew(); !condition(); await Task.Delay(20, Ct))
            Assert.True(since.Elapsed < Limit, "It did not come true in time.");
    }

    private async Task<List<JsonElement>> LinesAsync(int count)
    {
        for (var since = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(50, Ct))
        {
            if (System.IO.File.Exists(File))
            {
                var text = await System.IO.File.ReadAllTextAsync(File, Ct);
                var lines = text.EndsWith('\n')
                    ? text.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
                    .Where(line => line.TryGetProperty("type", out var type) && type.GetString() == AuditEventType.PersonDisabled).ToList()
                    : [];
                if (lines.Count >= count) return lines;
            }

            Assert.True(since.Elapsed < Limit, "The audit events were not written in time.");
        }
    }

    private async Task<List<string?>> DetailsAsync()
    {
        var details = new List<string?>();
        await foreach (var entry in new AuditSearch(Db.Database).ReadAllAsync(new AuditFilter(), Ct)) details.Add(entry.Detail);
        return details;
    }
}

public sealed class AuditExportSqliteTests : AuditExportTests
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.SqliteAsync(Clock, Ct);
}

public sealed class AuditExportPostgresTests : AuditExportTests
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.PostgresAsync(Clock, ct: Ct);

    // Two replicas of one host may write to one file, and each appends where the end was when it opened it.
    [Fact]
    public async Task One_replica_writes_at_a_time()
    {
        await RecordAsync("one");
        var (first, meanwhile, after) = (new List<AuditEvent>(), new List<AuditEvent>(), new List<AuditEvent>());

        await new AuditExportStore(Db.Database).ExportAsync(10, async batches =>
        {
            first.AddRange(batches.SelectMany(batch => batch.Events));
            await RecordAsync("two");
            Assert.Equal(0, await ExportAsync(meanwhile));
        }, Ct);
        await ExportAsync(after);

        Assert.Equal("one", Assert.Single(first).Detail);
        Assert.Empty(meanwhile);
        Assert.Equal("two", Assert.Single(after).Detail);
    }
}
