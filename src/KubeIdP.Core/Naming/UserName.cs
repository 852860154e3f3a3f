using System.Globalization;
using System.Text;

namespace KubeIdP.Core.Naming;

/// <summary>
/// What a user name may be: the profile UsernameCaseMapped of RFC 8265 §3.3, which rests on the IdentifierClass of RFC 8264, so that names
/// that look alike are one name or none. The rules come from .NET's own Unicode data; no library for .NET has them. It differs in two ways
/// (decisions/0025): one space may stand between the parts of a name (RFC 8265 §3.5), and what can't be seen is refused where the RFC would
/// take it after some letters.
/// </summary>
public static class UserName
{
    // RFC 8264 §9.6, the exceptions of RFC 5892 §2.6.
    private const string Added = "\u00DF\u03C2\u06FD\u06FE\u0F0B\u3007";
    private const string Removed = "\u0640\u07FA\u302E\u302F\u3031\u3032\u3033\u3034\u3035\u303B";

    /// <summary>
    /// How long the name of a removed person stays reserved, so that rights that were granted to the name do not pass to another person
    /// unnoticed.
    /// </summary>
    public static readonly TimeSpan Reservation = TimeSpan.FromDays(90);

    /// <summary>Null for a name that somebody may have.</summary>
    public static UserNameFault? Check(string name)
    {
        if (name.Length == 0) return new(UserNameFaultKind.Empty);
        if (name.Length > TokenName.MaxLength) return new(UserNameFaultKind.TooLong);

        var mapped = MapWidth(name);
        if (WrongCharacterIn([.. mapped.EnumerateRunes()]) is { } wrong)
            return new(UserNameFaultKind.Character, OutsideText.NumberOf(wrong));
        if (HasLooseSpace(mapped)) return new(UserNameFaultKind.Space);

        var compared = Normalize(name);
        if (TokenName.IsReserved(compared)) return new(UserNameFaultKind.Reserved);
        return BidiRule.Holds(compared) ? null : new(UserNameFaultKind.Direction);
    }

    public static bool IsAllowed(string name) => Check(name) is null;

    /// <summary>What is wrong with a name as an English half-sentence to follow it; null when nothing is.</summary>
    public static string? FaultOf(string name) => Check(name) switch
    {
        null => null,
        { Kind: UserNameFaultKind.Empty } => "is empty",
        { Kind: UserNameFaultKind.TooLong } => $"is longer than {TokenName.MaxLength} characters",
        { Kind: UserNameFaultKind.Space } => "begins or ends with a space, or holds two in a row",
        { Kind: UserNameFaultKind.Character, Character: var character } => $"holds {character}, which no user name may hold (RFC 8265)",
        { Kind: UserNameFaultKind.Reserved } => "begins with \"system:\", which Kubernetes reserves for itself",
        { Kind: UserNameFaultKind.Direction } => "mixes letters that are read from the left with letters that are read from the right",
        _ => throw new InvalidOperationException("A user name has an unknown fault."),
    };

    /// <summary>
    /// What somebody typed to say who they are, as it is looked for and shown; null when nobody can be called that. It may be longer than a
    /// user name, by a domain, so the rules for a whole name don't apply (RFC 8265 §3.3.1, preparation).
    /// </summary>
    public static string? Read(string typed)
    {
        var name = typed.Trim();
        return name.Length is 0 or > TokenName.MaxLength || WrongCharacterIn([.. MapWidth(name).EnumerateRunes()]) is not null
            ? null
            : Compose(name);
    }

    /// <summary>
    /// The name as it is shown: wide and narrow letters as the usual ones, and what looks alike written alike (NFC). Its case stays.
    /// </summary>
    public static string Compose(string name) => Canonical(MapWidth(name));

    /// <summary>
    /// The one spelling under which a user name is unique in the issuer: of the usual width, lower case, NFC (RFC 8265 §3.3.2). A text that
    /// is no user name has one as well, which nobody's is.
    /// </summary>
    /// <remarks>In this order: some letters, such as ǰ, have a composed form in lower case alone.</remarks>
    public static string Normalize(string name) => Canonical(Lower(MapWidth(name)));

    /// <summary>
    /// Whether its letters are of several scripts that are not written together: a Cyrillic а among Latin letters looks like theirs. Latin
    /// beside Chinese, Japanese or Korean is usual (UTS #39 §5.2, highly restrictive).
    /// </summary>
    public static bool MixesScripts(string name)
    {
        if (OutsideText.IsPlain(name)) return false;

        var scripts = name.EnumerateRunes().Where(HasScript).Select(Script.Of).ToHashSet(StringComparer.Ordinal);
        return scripts.Count > 1 && !scripts.IsSubsetOf([Script.Latin, Script.EastAsian]);
    }

    // Modifier letters, such as an apostrophe that is a letter, are of all scripts. So are the ASCII digits, but no others: ๐ looks like an
    // o. And so are the accents, but no other marks: some of them can't be seen beside letters of another script.
    private static bool HasScript(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.ModifierLetter => false,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => !Script.IsOfAll(rune),
        _ => Rune.IsLetter(rune) || (Rune.IsDigit(rune) && !rune.IsAscii),
    };

    private static Rune? WrongCharacterIn(List<Rune> name)
    {
        for (var i = 0; i < name.Count; i++)
        {
            if (name[i].Value != ' ' && (!MayStandAt(i, name) || IsMarkTooMany(i, name))) return name[i];
        }

        return null;
    }

    private static bool HasLooseSpace(string name) => name is [' ', ..] or [.., ' '] || name.Contains("  ", StringComparison.Ordinal);

    /// <summary>
    /// RFC 5892 appendix A, the rules for characters that belong into certain company; the joiners of A.1 and A.2 are refused, for nobody
    /// sees them.
    /// </summary>
    private static bool MayStandAt(int i, List<Rune> name) => name[i].Value switch
    {
        0x00B7 => IsLetterL(name, i - 1) && IsLetterL(name, i + 1),
        0x0375 => i + 1 < name.Count && Script.Of(name[i + 1]) == Script.Greek,
        0x05F3 or 0x05F4 => i > 0 && Script.Of(name[i - 1]) == Script.Hebrew,
        0x30FB => name.Any(letter => letter.Value != 0x30FB && Script.IsKanaOrHan(letter)),
        >= 0x0660 and <= 0x0669 => !name.Any(digit => digit.Value is >= 0x06F0 and <= 0x06F9),
        >= 0x06F0 and <= 0x06F9 => !name.Any(digit => digit.Value is >= 0x0660 and <= 0x0669),
        _ => IsIdentifier(name[i]),
    };

    // UTS #39 §5.4: of two that are the same the second is drawn on the first.
    private static bool IsMarkTooMany(int i, List<Rune> name) => i > 0 && OutsideText.IsMark(name[i])
        && (name[i] == name[i - 1]
        || (i >= OutsideText.MaxMarks && name.GetRange(i - OutsideText.MaxMarks, OutsideText.MaxMarks).TrueForAll(OutsideText.IsMark)));

    private static bool IsLetterL(List<Rune> name, int i) => i >= 0 && i < name.Count && name[i].Value is ('l' or 'L');

    /// <summary>The IdentifierClass (RFC 8264 §4.2 and §8).</summary>
    private static bool IsIdentifier(Rune rune)
    {
        if (rune.IsAscii) return rune.Value is >= '!' and <= '~';
        if (rune.IsBmp && Added.Contains((char)rune.Value, StringComparison.Ordinal)) return true;
        if (rune.IsBmp && Removed.Contains((char)rune.Value, StringComparison.Ordinal)) return false;
        if (OutsideText.IsHidden(rune) || IsOldHangul(rune)) return false;

        var isLetterOrDigit = Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter
            or UnicodeCategory.OtherLetter
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ModifierLetter or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark;
        return isLetterOrDigit && !HasCompatibilityForm(rune);
    }

    // RFC 8264 §9.17: a letter that stands for another one, such as ℌ for H.
    private static bool HasCompatibilityForm(Rune rune) => !rune.ToString().IsNormalized(NormalizationForm.FormKC);

    // RFC 8264 §9.9: syllables have code points of their own.
    private static bool IsOldHangul(Rune rune) =>
        rune.Value is (>= 0x1100 and <= 0x11FF) or (>= 0xA960 and <= 0xA97C) or (>= 0xD7B0 and <= 0xD7FB);

    // RFC 8264 §5.2.1. All of them have one code unit.
    private static string MapWidth(string name) =>
        !OutsideText.IsPlain(name) && name.Any(HasOtherWidth)
            ? string.Concat(name.Select(letter => HasOtherWidth(letter) ? $"{letter}".Normalize(NormalizationForm.FormKC) : $"{letter}"))
            : name;

    // Its usual width is U+00AF, a symbol, which no name may hold; NFKC goes on to a space with an accent.
    private const char WideMacron = '\uFFE3';

    private static bool HasOtherWidth(char letter) => letter is '\u3000' or (>= '\uFF01' and <= '\uFFEE' and not WideMacron);

    // .NET leaves alone the one letter whose small form is two code points (SpecialCasing.txt).
    private static string Lower(string name) => name.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal);

    // .NET normalizes no text with half a pair or a noncharacter in it; nobody has such a name.
    private static string Canonical(string name) =>
        OutsideText.IsPlain(name) || OutsideText.HiddenIn(name) is not null ? name : name.Normalize(NormalizationForm.FormC);
}
