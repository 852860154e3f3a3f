using System.Globalization;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Terminal;

/// <summary>Columns as wide as their widest cell. Where the terminal is narrower, the widest columns are shortened first.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    // Less of a cell says nothing any more; a terminal that is narrower still breaks the lines by itself.
    private const int Narrowest = 8;

    /// <param name="width">That of the terminal, in columns; null to shorten nothing, for what is not read at a terminal.</param>
    /// <param name="head">The names of the columns.</param>
    /// <param name="rows">With a cell for each of them.</param>
    public static string Of(int? width, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<IReadOnlyList<string>> lines = [head, .. rows.Select(row => row.Select(cell => OutsideText.Show(cell)).ToList())];
        var widths = Enumerable.Range(0, head.Count).Select(column => lines.Max(line => TextWidth.Of(line[column]))).ToArray();
        if (width is { } available) Shorten(widths, available - ((head.Count - 1) * Gap.Length));
        return string.Join('\n',
            lines.Select(line => string.Join(Gap, line.Select((cell, column) => TextWidth.Fit(cell, widths[column]))).TrimEnd()));
    }

    /// <summary>For what is not read at a terminal, or is short.</summary>
    public static string Of(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows) => Of(width: null, head, rows);

    public static string Timestamp(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);

    /// <summary>Takes from the widest column first, so that short ones, such as ids and times, stay whole as long as possible.</summary>
    private static void Shorten(int[] widths, int available)
    {
        while (widths.Sum() > available)
        {
            var widest = Array.IndexOf(widths, widths.Max());
            if (widths[widest] <= Narrowest) return;

            widths[widest]--;
        }
    }
}
