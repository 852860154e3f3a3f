using System.Globalization;

namespace KubeIdP.Cli.Doctor.Checks;

/// <summary>Parts of sentences that several checks use.</summary>
internal static class Sentence
{
    private const int NamesShown = 5;

    /// <summary>The same with a capital letter.</summary>
    public static string Start(string text) => text.Length == 0 ? text : $"{char.ToUpperInvariant(text[0])}{text[1..]}";

    /// <summary>Several names, of which the first few are shown.</summary>
    public static string List(IReadOnlyList<string> names) =>
        $"{string.Join(", ", names.Take(NamesShown))}{(names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "")}";

    /// <summary>One group, two groups.</summary>
    public static string Count(int count, string noun) => count == 1 ? $"{count} {noun}" : $"{count} {noun}s";

    /// <summary>In seconds or minutes.</summary>
    public static string Duration(TimeSpan time)
    {
        var seconds = Math.Abs(time.TotalSeconds);
        return seconds < 120
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:F0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} min");
    }
}
