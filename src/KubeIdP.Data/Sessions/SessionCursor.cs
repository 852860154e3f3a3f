using System.Globalization;
using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Sessions;

/// <summary>The last row of the page before.</summary>
public sealed record SessionCursor(long EndsAt, SessionId Id)
{
    /// <summary>Null for a text that <see cref="ToString"/> did not make.</summary>
    public static SessionCursor? Parse(string? text) =>
        text?.Split('-') is [var endsAt, { Length: > 0 and <= 64 } id]
            && long.TryParse(endsAt, NumberStyles.None, CultureInfo.InvariantCulture, out var moment)
            ? new SessionCursor(moment, new SessionId(id))
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{EndsAt}-{Id}");
}
