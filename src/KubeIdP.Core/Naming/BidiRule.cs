using System.Globalization;
using System.Text;

namespace KubeIdP.Core.Naming;

/// <summary>
/// The Bidi Rule (RFC 5893 §2): a name with letters that are read from the right holds no others, begins with such a letter, ends with one
/// or with a digit, and its digits are of one kind. .NET does not tell the class of a character, so the blocks of those scripts stand here.
/// </summary>
internal static class BidiRule
{
    private enum Direction
    {
        Left,
        Right,
        EuropeanDigit,
        ArabicDigit,
        Mark,
        Neutral,
    }

    public static bool Holds(string name)
    {
        // Almost every name is, and each refresh asks about one.
        if (OutsideText.IsPlain(name)) return true;

        var found = name.EnumerateRunes().Select(DirectionOf).ToList();
        if (!found.Exists(one => one is Direction.Right or Direction.ArabicDigit)) return true;

        return found[0] is Direction.Right
            && found.FindLast(one => one is not Direction.Mark) is Direction.Right or Direction.EuropeanDigit or Direction.ArabicDigit
            && !found.Contains(Direction.Left) && !(found.Contains(Direction.EuropeanDigit) && found.Contains(Direction.ArabicDigit));
    }

    private static Direction DirectionOf(Rune rune) => rune.Value switch
    {
        (>= '0' and <= '9') or (>= 0x06F0 and <= 0x06F9) => Direction.EuropeanDigit,
        (>= 0x0660 and <= 0x0669) or (>= 0x10D30 and <= 0x10D39) => Direction.ArabicDigit,
        _ when Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => Direction.Mark,
        (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFE) or (>= 0x10800 and <= 0x10FFF)
            or (>= 0x1E800 and <= 0x1EFFF) => Direction.Right,
        _ => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpacingCombiningMark
            ? Direction.Left
            : Direction.Neutral,
    };
}
