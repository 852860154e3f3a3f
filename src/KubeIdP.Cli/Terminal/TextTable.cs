using System.Globalization;
using KubeIdP.Core.Naming;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KubeIdP.Cli.Terminal;

/// <summary>Columns as wide as their widest cell. Where the terminal is narrower, the widest columns are shortened first.</summary>
internal static class TextTable
{
    private const int Gap = 2;

    // Less of a cell says nothing any more; a terminal that is narrower still breaks the lines by itself.
    private const int Narrowest = 8;

    // The library always has a width; this one shortens nothing.
    private const int Unlimited = 1_000_000;

    /// <param name="width">That of the terminal, in columns; null to shorten nothing, for what is not read at a terminal.</param>
    /// <param name="head">The names of the columns.</param>
    /// <param name="rows">With a cell for each of them.</param>
    public static string Of(int? width, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = width ?? Unlimited;

        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        for (var column = 0; column < head.Count; column++)
            table.AddColumn(new TableColumn("") { Padding = new Padding(0, 0, column == head.Count - 1 ? 0 : Gap, 0) });
        foreach (var line in rows.Prepend(head)) table.AddRow(line.Select(cell => new Cell(OutsideText.Show(cell))));
        console.Write(table);
        return string.Join('\n', text.ToString().TrimEnd().Split('\n').Select(line => line.TrimEnd()));
    }

    /// <summary>For what is not read at a terminal, or is short.</summary>
    public static string Of(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows) => Of(width: null, head, rows);

    public static string Timestamp(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);

    /// <summary>One line of plain text. The library's own text would be broken into several lines.</summary>
    private sealed class Cell(string text) : Renderable
    {
        private readonly Segment segment = new(text);

        protected override Measurement Measure(RenderOptions options, int maxWidth) =>
            new(Math.Min(Narrowest, segment.CellCount()), segment.CellCount());

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            segment.CellCount() <= maxWidth ? [segment] : Segment.SplitOverflow(segment, Overflow.Ellipsis, maxWidth).Take(1);
    }
}
