using System.Globalization;
using System.Text;

namespace KubeIdP.Server.Web;

/// <summary>
/// A code as people type, dictate and paste it, made what it was meant to be: every decimal digit of Unicode is its digit, letters of other widths and styles are
/// those letters in upper case, and whatever stands between them, seen or unseen, is left out. What is neither digit nor letter of a code stays what it is, and
/// so makes the code another one.
/// </summary>
internal static class TypedCode
{
    public static string Normalize(string? typed)
    {
        var code = new StringBuilder();
        foreach (var rune in (typed ?? "").EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.DecimalDigitNumber:
                    code.Append((int)Rune.GetNumericValue(rune));
                    break;

                case UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber:
                    code.Append(rune.ToString());
                    break;

                // Separators of every kind, marks, and what nobody sees. As letters count Hangul's fillers, and among the modifier letters are what
                // keyboards give for a dash or an apostrophe.
                case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.OtherLetter
                    when rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0):
                    code.Append(PlainLetter(rune));
                    break;

                case UnicodeCategory.ModifierLetter when PlainLetter(rune) is [>= 'A' and <= 'Z'] letter:
                    code.Append(letter);
                    break;
            }
        }

        return code.ToString();
    }

    private static string PlainLetter(Rune rune) => rune.ToString().Normalize(NormalizationForm.FormKC).ToUpperInvariant();
}
