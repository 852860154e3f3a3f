using System.Globalization;
using System.Text;

namespace KubeIdP.Cli.Terminal;

/// <summary>How many columns of a terminal a text takes: two for the wide characters of East Asia, none for marks over others.</summary>
internal static class TextWidth
{
    /// <summary>The blocks that are wide (Unicode Standard Annex 11, W and F), without the few exceptions inside of them.</summary>
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97C), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
        (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F900, 0x1F9FF), (0x20000, 0x3FFFD),
    ];

    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    /// <summary>The text with spaces up to a width, or as much of it as fits with an ellipsis at its end.</summary>
    public static string Fit(string text, int width)
    {
        var own = Of(text);
        if (own <= width) return text + new string(' ', width - own);

        var (kept, taken) = (new StringBuilder(), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (taken + Of(rune) > width - 1) break;

            taken += Of(rune);
            kept.Append(rune);
        }

        return kept.Append('…').Append(' ', width - 1 - taken).ToString();
    }

    private static int Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => Wide.Any(block => rune.Value >= block.First && rune.Value <= block.Last) ? 2 : 1,
    };
}
