using System.Globalization;

namespace KubeIdP.Data.Audit;

/// <summary>The last row of the page before.</summary>
public sealed record AuditCursor(long At, long Id)
{
    /// <summary>Null for a text that <see cref="ToString"/> did not make.</summary>
    public static AuditCursor? Parse(string? text) =>
        text?.Split('-') is [var at, var id]
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var moment)
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new AuditCursor(moment, number)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At}-{Id}");
}
