using System.Globalization;

namespace KubeIdP.Data.Audit;

/// <summary>The detail of <see cref="AuditEventType.AuditPruned"/>: the last checkpoint whose events were deleted.</summary>
internal static class PrunedThrough
{
    private const string Words = "through checkpoint ";

    public static string Write(long number) => string.Create(CultureInfo.InvariantCulture, $"{Words}{number}");

    /// <summary>0 for a detail of another form.</summary>
    public static long Read(string? detail) =>
        detail is not null && detail.StartsWith(Words, StringComparison.Ordinal)
        && long.TryParse(detail.AsSpan(Words.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
