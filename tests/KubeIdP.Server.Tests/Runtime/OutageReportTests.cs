using System.Data.Common;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Runtime;
using KubeIdP.Testing.Time;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;
using LogCapture = KubeIdP.Testing.Issuers.LogCapture;

namespace KubeIdP.Server.Tests.Runtime;

/// <summary>What the log says of many refused requests with one cause, and what kind of outage it calls it.</summary>
public sealed class OutageReportTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly LogCapture log = new();
    private readonly ILoggerFactory factory;
    private readonly OutageReport report;

    public OutageReportTests()
    {
        factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        report = new OutageReport(clock, factory.CreateLogger<OutageReport>());
    }

    public void Dispose() => factory.Dispose();

    [Fact]
    public void A_cause_is_logged_once_a_minute_with_the_number_of_refused_requests()
    {
        for (var i = 0; i < 1000; i++) report.Report($"reference{i}", Thrown("the server is gone"));
        report.Report("other", Thrown("too many connections"));
        clock.Advance(TimeSpan.FromMinutes(1));
        report.Report("later", Thrown("the server is gone"));

        Assert.Equal(3, log.Lines.Count);
        Assert.All(log.Lines, line => Assert.DoesNotContain("   at ", line, StringComparison.Ordinal));
        Assert.Contains(
            "The database does not answer. the server is gone (reference reference0; 0 more requests were refused since the last message "
            + "like this)", log.Lines.First(), StringComparison.Ordinal);
        Assert.Contains("too many connections (reference other; 999 more requests were refused since the last message like this)",
            log.Lines.ElementAt(1), StringComparison.Ordinal);
        Assert.Contains("(reference later; 0 more requests were refused since the last message like this)", log.Lines.Last(),
            StringComparison.Ordinal);
    }

    // A driver may put a port or a process number into its words.
    [Fact]
    public void However_many_causes_there_seem_to_be_the_log_stays_short()
    {
        for (var i = 0; i < 1000; i++) report.Report($"reference{i}", Thrown($"no answer from port {i}"));

        Assert.Equal(10, log.Lines.Count);
    }

    public static TheoryData<DbException, string> Kinds => new()
    {
        { new SqliteException("database or disk is full", 13), "The disk of the database is full." },
        { new PostgresException("could not extend file", "ERROR", "ERROR", PostgresErrorCodes.DiskFull),
            "The disk of the database is full." },
        { new SqliteException("disk I/O error", 10), "The database file can't be read or written." },
        { new SqliteException("unable to open database file", 14), "The database file can't be read or written." },
        { new SqliteException("database is locked", 5), "The database is busy with another transaction." },
        { new NpgsqlException("Failed to connect"), "The database does not answer." },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_outage_is_called_by_what_has_to_be_done_about_it(DbException fault, string words) =>
        Assert.Equal(words, Outage.Describe(new InvalidOperationException("A library's own words.", fault)));

    /// <summary>As one that has been on its way, with a stack.</summary>
    private static NpgsqlException Thrown(string words)
    {
        try
        {
            throw new NpgsqlException(words);
        }
        catch (NpgsqlException fault)
        {
            return fault;
        }
    }
}
