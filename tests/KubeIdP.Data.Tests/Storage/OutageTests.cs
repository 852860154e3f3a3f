using System.Net.Sockets;
using KubeIdP.Data.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace KubeIdP.Data.Tests.Storage;

public sealed class OutageTests
{
    [Theory]
    [InlineData("08006", OutageKind.Unreachable)]
    [InlineData("08P01", OutageKind.Unreachable)]
    [InlineData("0A000", OutageKind.SharedConnection)]
    [InlineData("25006", OutageKind.ReadOnly)]
    [InlineData("25P03", OutageKind.Overloaded)]
    [InlineData("25P04", OutageKind.Overloaded)]
    [InlineData("26000", OutageKind.SharedConnection)]
    [InlineData("28000", OutageKind.SignInRefused)]
    [InlineData("28P01", OutageKind.SignInRefused)]
    [InlineData("3D000", OutageKind.SignInRefused)]
    [InlineData("3F000", OutageKind.SchemaMissing)]
    [InlineData("40001", OutageKind.Overloaded)]
    [InlineData("40P01", OutageKind.Overloaded)]
    [InlineData("42501", OutageKind.RightMissing)]
    [InlineData("42703", OutageKind.SchemaMissing)]
    [InlineData("42P01", OutageKind.SchemaMissing)]
    [InlineData("42P05", OutageKind.SharedConnection)]
    [InlineData("53100", OutageKind.Full)]
    [InlineData("53300", OutageKind.Overloaded)]
    [InlineData("55000", OutageKind.Overloaded)]
    [InlineData("55P03", OutageKind.Locked)]
    [InlineData("57014", OutageKind.Overloaded)]
    [InlineData("57P01", OutageKind.Unreachable)]
    [InlineData("57P03", OutageKind.Unreachable)]
    [InlineData("57P05", OutageKind.Unreachable)]
    [InlineData("58030", OutageKind.Broken)]
    [InlineData("XX000", OutageKind.Broken)]
    [InlineData("XX002", OutageKind.Broken)]
    public void What_PostgreSQL_cannot_do_now_or_here_is_an_outage_however_it_is_wrapped(string state, OutageKind kind)
    {
        var fault = new PostgresException("no", "ERROR", "ERROR", state);

        Assert.Equal((kind, state), (Outage.Of(fault)?.Kind, Outage.Of(fault)?.State));
        Assert.Equal(kind, Outage.Of(new InvalidOperationException("wrapped", new DbUpdateException("again", fault)))?.Kind);
    }

    [Theory]
    [InlineData("22001")]
    [InlineData("22021")]
    [InlineData("23505")]
    [InlineData("25001")]
    [InlineData("25P02")]
    [InlineData("42601")]
    [InlineData("42804")]
    [InlineData("P0001")]
    public void What_follows_from_our_statement_is_a_bug(string state)
    {
        Assert.Null(Outage.Of(new PostgresException("no", "ERROR", "ERROR", state)));
        Assert.False(Outage.Is(new InvalidOperationException("no database in it")));
    }

    // Poolers have codes of their own, or none that fits.
    [Theory]
    [InlineData("22023")]
    [InlineData("P0001")]
    [InlineData("")]
    public void An_error_that_ends_the_session_is_an_outage_whatever_its_code(string state) =>
        Assert.Equal(OutageKind.Unreachable, Outage.Of(new PostgresException("no", "FATAL", "FATAL", state))?.Kind);

    [Theory]
    [InlineData(5, OutageKind.Locked)]
    [InlineData(8, OutageKind.ReadOnly)]
    [InlineData(10, OutageKind.FileUnusable)]
    [InlineData(11, OutageKind.Broken)]
    [InlineData(13, OutageKind.Full)]
    [InlineData(14, OutageKind.FileUnusable)]
    [InlineData(26, OutageKind.Broken)]
    [InlineData(1, null)]
    [InlineData(19, null)]
    public void SQLite_has_outages_too(int code, OutageKind? kind) => Assert.Equal(kind, Outage.Of(new SqliteException("no", code))?.Kind);

    // Not the database, which somebody would look at for nothing.
    [Fact]
    public void A_file_that_can_not_be_used_is_named()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"kubeidp-{Guid.NewGuid():N}");
        Action[] uses =
        [
            () => File.ReadAllText(Path.Combine(folder, "missing")),
            () => File.WriteAllText("/proc/kubeidp", ""),
            () => File.WriteAllText("/proc/self/maps/kubeidp", ""),
            () => Directory.CreateDirectory("/proc/kubeidp"),
            () => File.ReadAllText($"/tmp/{new string('x', 300)}"),
            () => File.Copy("/etc/passwd", "/proc/version"),
        ];

        foreach (var fault in uses.Select(use => Record.Exception(use)!))
        {
            Assert.Equal((OutageKind.PathUnusable, fault.GetType().Name), (Outage.Of(fault)?.Kind, fault.GetType().Name));
            Assert.Contains("'/", $"{Outage.Of(new InvalidOperationException("wrapped", fault))}", StringComparison.Ordinal);
        }

        Assert.Equal(OutageKind.Unreachable, Outage.Of(new NpgsqlException("while reading", new EndOfStreamException()))?.Kind);
        Assert.Equal(OutageKind.Unreachable, Outage.Of(new IOException("while reading", new SocketException(104)))?.Kind);
    }

    [Fact]
    public async Task A_database_file_that_can_not_be_opened_is_named()
    {
        await using var database = Database.Sqlite("/proc/kubeidp.db", TimeProvider.System);

        var fault = await Assert.ThrowsAsync<SqliteException>(async () => await database.OpenAsync(TestContext.Current.CancellationToken));

        Assert.Contains("/proc/kubeidp.db: ", $"{Outage.Of(fault)}", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_says_what_is_wrong_and_what_to_do() =>
        Assert.All(Enum.GetValues<OutageKind>(),
            kind => Assert.Matches("^[A-Z][^:]+: because\\. [A-Z].+\\.$", $"{new Outage(kind, "because.")}"));
}
