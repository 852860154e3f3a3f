using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeIdP.Core.Naming;

/// <summary>
/// Parses a time that a person typed or a program sent: RFC 3339, with a space allowed for the T; the seconds, the offset or the whole time
/// of day may be missing. A missing offset means UTC, like all printed times. Anything else is refused: 03/04 is ambiguous, and 9:00 has no
/// date.
/// </summary>
public static partial class TimestampText
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Null when the text is not a time.</summary>
    public static DateTimeOffset? Parse(string text)
    {
        // Some programs write nanoseconds; the framework has a precision of 100 ns.
        var plain = Excess().Replace(text.Trim().ToUpperInvariant(), "");
        if (plain.Length > 10 && plain[10] == ' ') plain = $"{plain[..10]}T{plain[11..]}";
        return DateTimeOffset.TryParseExact(plain, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : null;
    }

    [GeneratedRegex(@"(?<=\.[0-9]{7})[0-9]+")]
    private static partial Regex Excess();
}
