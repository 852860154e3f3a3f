using System.Globalization;
using System.Text;

namespace KubeIdP.Core.Naming;

/// <summary>
/// The check that every text from outside passes, by its kind and not by the way that it came (decisions/0025). It refuses what a database
/// can't hold, what can't be seen, what turns the reading direction and what is drawn over the lines around: it would show an auditor
/// something else than what is there.
/// </summary>
public static class OutsideText
{
    // Unicode's Default_Ignorable_Code_Point beyond the format characters, which are drawn as nothing; and the Braille pattern without a
    // dot, which is a blank.
    private static readonly (int First, int Last)[] Invisible =
    [
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x2800, 0x2800), (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF),
    ];

    /// <summary>Over and under one letter (UTS #39 §5.4). Hundreds of them are drawn over the lines above and below.</summary>
    internal const int MaxMarks = 4;

    /// <summary>
    /// The first character that the kind of text may not hold, by its number, such as <c>U+202E</c>; null when there is none.
    /// </summary>
    public static string? HiddenIn(string text, TextKind kind = TextKind.Line)
    {
        if (kind is TextKind.Opaque || IsPlain(text)) return null;

        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsWrong(rune, kind, ref marks)) return NumberOf(rune);
        }

        return null;
    }

    /// <summary>The same as an English half-sentence to follow the name of the text; null when nothing is wrong.</summary>
    public static string? FaultOf(string text, TextKind kind = TextKind.Line) =>
        HiddenIn(text, kind) is { } hidden ? $"holds {hidden}, a character that can't be seen or that changes how the text is read" : null;

    /// <summary>
    /// The text with everything that its kind may not hold written by its number, so that it can be kept and shown whatever it holds.
    /// </summary>
    public static string Show(string text, TextKind kind = TextKind.Line)
    {
        if (kind is TextKind.Opaque || IsPlain(text)) return text;

        var (shown, marks) = (new StringBuilder(text.Length), 0);
        foreach (var rune in text.EnumerateRunes())
            shown.Append(IsWrong(rune, kind, ref marks) ? $"\\u{{{rune.Value:X4}}}" : rune.ToString());
        return shown.ToString();
    }

    /// <summary>
    /// The beginning of a text, in UTF-16 units; no half of a surrogate pair is left at its end, which no database takes.
    /// </summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    internal static string NumberOf(Rune rune) => $"U+{rune.Value:X4}";

    /// <param name="marks">How many stand over the letter that this one follows.</param>
    private static bool IsWrong(Rune rune, TextKind kind, ref int marks)
    {
        marks = IsMark(rune) ? marks + 1 : 0;
        return marks > MaxMarks || (IsHidden(rune) && !(kind is TextKind.Lines && rune.Value is '\r' or '\n' or '\t'));
    }

    /// <summary>What is drawn over, under or around the letter before it, and takes no place of its own.</summary>
    internal static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    /// <summary>Half a surrogate pair is read as the replacement character, which is what became of bytes that were no text.</summary>
    internal static bool IsHidden(Rune rune) =>
        rune == Rune.ReplacementChar || IsNoncharacter(rune)
            || Invisible.Any(range => rune.Value >= range.First && rune.Value <= range.Last) || Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;

    /// <summary>Almost every text is.</summary>
    internal static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~');

    // The Unicode Standard §23.7. .NET normalizes no text that holds one of them.
    private static bool IsNoncharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;
}
