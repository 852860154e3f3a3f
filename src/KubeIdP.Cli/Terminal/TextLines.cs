using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Terminal;

/// <summary>Labelled values, one on each line; null values are left out.</summary>
internal static class TextLines
{
    public static string Of(params IReadOnlyList<(string Label, string? Value)> lines)
    {
        var width = lines.Max(line => line.Label.Length);
        return string.Join('\n',
            lines.Where(line => line.Value is not null)
                .Select(line => $"{line.Label.PadRight(width)}  {OutsideText.Show(line.Value!)}".TrimEnd()));
    }

    public static string? Timestamp(DateTimeOffset? time) => time is { } at ? TextTable.Timestamp(at) : null;
}
