using System.Globalization;
using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Commands;

/// <summary>Columns as wide as their widest cell.</summary>
internal static class TextTable
{
    public static string Of(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] lines = [head, .. rows.Select(row => row.Select(cell => OutsideText.Show(cell)).ToList())];
        var widths = Enumerable.Range(0, head.Count).Select(column => lines.Max(line => line[column].Length)).ToArray();
        return string.Join('\n',
            lines.Select(line => string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    public static string Timestamp(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);
}
