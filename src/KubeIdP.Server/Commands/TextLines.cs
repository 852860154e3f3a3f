using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Commands;

/// <summary>One thing with its names, a line each; what is null has no line.</summary>
internal static class TextLines
{
    public static string Of(params IReadOnlyList<(string Label, string? Value)> lines)
    {
        var width = lines.Max(line => line.Label.Length);
        return string.Join('\n', lines.Where(line => line.Value is not null).Select(line => $"{line.Label.PadRight(width)}  {OutsideText.Show(line.Value!)}".TrimEnd()));
    }

    public static string? Moment(DateTimeOffset? moment) => moment is { } at ? TextTable.Moment(at) : null;
}
