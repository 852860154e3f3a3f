using System.Globalization;
using System.Text;

namespace KubeIdP.Core.Naming;

/// <summary>
/// A typed name as directories compare names (RFC 4518 §2, and Active Directory, which also leaves out accents): what differs in case,
/// width, composition, blanks or characters that nobody sees is one text. It tells no two people apart; it is for counting what is typed
/// for names whose account is not known.
/// </summary>
public static class ComparedName
{
    public static string Of(string name)
    {
        var compared = new StringBuilder();

        // Without what can't be normalized, such as half a surrogate pair.
        var plain = string.Concat(name.EnumerateRunes().Where(rune => Rune.IsWhiteSpace(rune) || !IsIgnored(rune)));
        foreach (var rune in plain.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (compared is [.., not ' ']) compared.Append(' ');
            }
            else if (!IsIgnored(rune))
            {
                compared.Append(Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)));
            }
        }

        return compared.ToString().TrimEnd();
    }

    private static bool IsIgnored(Rune rune) =>
        TokenName.HidesSomething(rune.ToString())
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
}
