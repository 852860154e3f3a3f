using System.Globalization;
using System.Text;

namespace KubeIdP.Server.Web;

/// <summary>
/// Normalizes a code that people type, dictate and paste: all decimal digits of Unicode become ASCII digits, letters of other widths and
/// styles become upper case ASCII letters, and separators, visible or not, are removed. Other characters stay, so the code does not match.
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

                // Separators of every kind, marks, and invisible characters. Hangul fillers are letters in Unicode, and some modifier
                // letters are typed as a dash or an apostrophe.
                case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                    or UnicodeCategory.OtherLetter
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
