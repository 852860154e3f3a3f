using KubeIdP.Cli.Terminal;
using Xunit;

namespace KubeIdP.Cli.Tests.Terminal;

public sealed class TextTableTests
{
    private static readonly string[] Head = ["NAME", "GROUPS", "SIGNED IN"];

    private static readonly string[][] Rows =
    [
        ["alice", "developers,platform,on-call,a-group-with-a-long-name", "2027-01-31 09:00:00Z"],
        ["日本太郎", "ops", "2027-01-31 10:00:00Z"],
    ];

    [Fact]
    public void What_is_not_read_at_a_terminal_is_whole()
    {
        var lines = TextTable.Of(width: null, Head, Rows).Split('\n');

        Assert.Equal(
            [
                "NAME      GROUPS                                                SIGNED IN",
                "alice     developers,platform,on-call,a-group-with-a-long-name  2027-01-31 09:00:00Z",
                "日本太郎  ops                                                   2027-01-31 10:00:00Z",
            ], lines);
    }

    [Fact]
    public void Where_the_terminal_is_narrow_the_widest_column_is_shortened()
    {
        var lines = TextTable.Of(60, Head, Rows).Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.StartsWith("alice     developers,platform,on-ca", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("…  2027-01-31 09:00:00Z", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("2027-01-31 10:00:00Z", lines[2], StringComparison.Ordinal);
        Assert.True(lines[1].Length <= 60, lines[1]);
    }

    [Fact]
    public void Even_the_narrowest_terminal_gets_one_line_for_each_row() =>
        Assert.Equal(3, TextTable.Of(20, Head, Rows).Split('\n').Length);

    [Fact]
    public void What_a_cell_hides_is_shown() =>
        Assert.DoesNotContain('\u202e', TextTable.Of(["NAME"], [["a\u202eb"]]));
}
