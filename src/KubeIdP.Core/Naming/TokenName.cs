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

    /// <summary>Null when the name may stand in a token, else what is wrong with it.</summary>
    public static TokenNameFault? Check(string name)
    {
        if (name.Length == 0) return TokenNameFault.Empty;
        if (name.Length > MaxLength) return TokenNameFault.TooLong;
        if (name.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase)) return TokenNameFault.Reserved;
        if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1])) return TokenNameFault.OuterSpace;

        // Format characters turn the reading direction: a name must not look like another in an audit log.
        return name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            ? TokenNameFault.ControlCharacter
            : null;
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
}
