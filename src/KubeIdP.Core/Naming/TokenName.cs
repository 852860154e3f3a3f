using System.Globalization;
using System.Text;

namespace KubeIdP.Core.Naming;

/// <summary>
/// Which names may reach a token. A group's needs nothing more; a user name has rules of its own as well (<see cref="UserName"/>).
/// </summary>
public static class TokenName
{
    /// <summary>In UTF-16 units. Longer than any directory's names, short enough to bound a token.</summary>
    public const int MaxLength = 256;

    // Kubernetes' own subjects: a group "system:masters" in a token would be root in every cluster that trusts it.
    private const string ReservedPrefix = "system:";

    /// <summary>Null when the name may stand in a token, else what is wrong with it.</summary>
    public static TokenNameFault? Check(string name)
    {
        if (name.Length == 0) return TokenNameFault.Empty;
        if (name.Length > MaxLength) return TokenNameFault.TooLong;
        if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1])) return TokenNameFault.OuterSpace;
        if (HidesSomething(name) || name.EnumerateRunes().Any(IsOtherBlank)) return TokenNameFault.ControlCharacter;

        return IsReserved(name) ? TokenNameFault.Reserved : null;
    }

    /// <summary>
    /// Whether the text holds anything that can't be seen or that turns the reading direction: it would look like another one in an audit
    /// log.
    /// </summary>
    public static bool HidesSomething(string text) => OutsideText.HiddenIn(text) is not null;

    /// <summary>
    /// The text as a log may show it, whatever it holds: what can't be seen stands there by its number, and what is too long is cut.
    /// </summary>
    public static string Show(string text)
    {
        var shown = OutsideText.Show(string.Concat(text.EnumerateRunes().Take(MaxLength)));
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

    /// <summary>Also in letters that only look like those of the prefix (NFKC): nobody could tell them apart in a role binding.</summary>
    /// <param name="name">Without anything hidden, which can't be normalized.</param>
    internal static bool IsReserved(string name) =>
        name.Normalize(NormalizationForm.FormKC).StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase);

    // A blank of another width: two names that differ in it look the same.
    private static bool IsOtherBlank(Rune rune) => rune.Value != ' ' && Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator;
}
