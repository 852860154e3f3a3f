using KubeIdP.Cli.Terminal;
using Xunit;

namespace KubeIdP.Cli.Tests.Terminal;

public sealed class CsvTests
{
    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("\uff1d1")]
    [InlineData("\uff0b1")]
    [InlineData("\uff0d1")]
    [InlineData("\uff20A1")]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    [InlineData("\n=1")]
    public void What_a_spreadsheet_takes_for_a_formula_begins_as_text(string hostile) => Assert.Equal($"\"'{hostile}\"", Csv.Cell(hostile));

    [Theory]
    [InlineData("alice@example.com", "\"alice@example.com\"")]
    [InlineData("a \"b\", c", "\"a \"\"b\"\", c\"")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Anything_else_is_quoted_and_stays(string? text, string cell) => Assert.Equal(cell, Csv.Cell(text));
}
