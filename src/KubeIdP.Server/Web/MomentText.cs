using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeIdP.Server.Web;

/// <summary>
/// A moment that somebody typed or a program sent: RFC 3339, where a blank may stand for the T, the seconds, the offset or the whole time may be missing; a missing
/// offset is UTC, as all that we print is. Anything else is none: 03/04 has two readings, and 9:00 is another moment on each day.
/// </summary>
internal static partial class MomentText
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Null for what is no moment.</summary>
    public static DateTimeOffset? Parse(string text)
    {
        // Others write nanoseconds, of which the framework knows hundreds.
        var plain = Excess().Replace(text.Trim().ToUpperInvariant(), "");
        if (plain.Length > 10 && plain[10] == ' ') plain = $"{plain[..10]}T{plain[11..]}";
        return DateTimeOffset.TryParseExact(plain, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;
    }

    [GeneratedRegex(@"(?<=\.[0-9]{7})[0-9]+")]
    private static partial Regex Excess();
}
