using System.Data.Common;

namespace KubeIdP.Data.Storage;

/// <summary>Reads our column shapes: moments are Unix milliseconds.</summary>
internal static class Rows
{
    public static DateTimeOffset Moment(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? MomentOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Moment(column);

    public static IReadOnlyList<string> Texts(this DbDataReader row, int column) => TextList.Read(row.GetString(column));

    public static byte[]? BytesOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    public static string? StringOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
