using System.Globalization;
using System.Text;

namespace KubeIdP.Core.Naming;

/// <summary>Which user names and group names may reach a token.</summary>
public static class TokenName
{
    /// <summary>In UTF-16 units. Longer than any directory's names, short enough to bound a token.</summary>
    public const int MaxLength = 256;

    // Kubernetes' own subjects: a group "system:masters" in a token would be root in every cluster that trusts it.
    private const string ReservedPrefix = "system:";

    // Unicode's Default_Ignorable_Code_Point beyond the format characters: fillers and selectors that are drawn as nothing.
    private static readonly (int First, int Last)[] Invisible =
        [(0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF)];

    /// <summary>Null when the name may stand in a token, else what is wrong with it.</summary>
    public static TokenNameFault? Check(string name)
    {
        if (name.Length == 0) return TokenNameFault.Empty;
        if (name.Length > MaxLength) return TokenNameFault.TooLong;
        if (name.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase)) return TokenNameFault.Reserved;
        if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1])) return TokenNameFault.OuterSpace;

        return HidesSomething(name) ? TokenNameFault.ControlCharacter : null;
    }

    /// <summary>Whether the text holds anything that can't be seen or that turns the reading direction: it would look like another one in an audit log.</summary>
    public static bool HidesSomething(string text) => text.EnumerateRunes().Any(IsHidden);

    /// <summary>The text as a log may show it, whatever it holds: what can't be seen stands there by its number, and what is too long is cut.</summary>
    public static string Show(string text)
    {
        var shown = string.Concat(text.EnumerateRunes().Take(MaxLength).Select(rune => IsHidden(rune) ? $"\\u{{{rune.Value:X4}}}" : rune.ToString()));
        return text.EnumerateRunes().Skip(MaxLength).Any() ? shown + "…" : shown;
    }

    /// <summary>The same as an English half-sentence to follow the name, for logs and the configuration.</summary>
    public static string? FaultOf(string name) => Check(name) switch
    {
        null => null,
        TokenNameFault.Empty => "is empty",
        TokenNameFault.TooLong => $"is longer than {MaxLength} characters",
        TokenNameFault.Reserved => $"begins with \"{ReservedPrefix}\", which Kubernetes reserves for itself",
        TokenNameFault.OuterSpace => "begins or ends with a space",
        TokenNameFault.ControlCharacter => "holds a control character",
        _ => throw new InvalidOperationException("A name has an unknown fault."),
    };

    public static bool IsAllowed(string name) => Check(name) is null;

    /// <summary>The name as it is shown: what looks alike is written alike (NFC).</summary>
    public static string Compose(string username) => username.Normalize(NormalizationForm.FormC);

    /// <summary>The one spelling under which a user name is unique in the issuer: lower case, NFC.</summary>
    /// <remarks>In this order: some letters, such as ǰ, have a composed form in lower case alone.</remarks>
    public static string Normalize(string username) => username.ToLowerInvariant().Normalize(NormalizationForm.FormC);

    private static bool IsHidden(Rune rune) =>
        rune == Rune.ReplacementChar || Invisible.Any(range => rune.Value >= range.First && rune.Value <= range.Last) || Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
