using System.Globalization;

namespace KubeIdP.Cli.Network;

/// <summary>Text of a server in a terminal: without characters that move the cursor, change colours or reorder what is read.</summary>
internal static class Plain
{
    private const int Longest = 1000;

    public static string Text(string text)
    {
        var shown = string.Concat(text.Trim().Select(c => IsPrinted(c) ? c : ' '));
        return shown.Length <= Longest ? shown : $"{shown[..Longest]}…";
    }

    private static bool IsPrinted(char c) => char.GetUnicodeCategory(c)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
