using System.Data.Common;
using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Storage;

/// <summary>
/// One row of a result, read by the names of its columns. Our column shapes are the same on both databases: moments are Unix milliseconds,
/// lists of texts are JSON, conditions are numbers or booleans. A name that the statement does not have throws <see
/// cref="IndexOutOfRangeException"/> or, on SQLite,
/// <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
internal readonly struct Row(DbDataReader reader)
{
    public bool IsNull(string column) => reader.IsDBNull(reader.GetOrdinal(column));

    public string Text(string column) => reader.GetString(reader.GetOrdinal(column));

    public string? TextOrNull(string column) => reader.GetOrdinal(column) is var i && reader.IsDBNull(i) ? null : reader.GetString(i);

    public T Id<T>(string column)
        where T : struct, IIdentifier<T> => T.From(Text(column));

    public IReadOnlyList<string> Texts(string column) => TextList.Read(Text(column));

    public int Int(string column) => reader.GetInt32(reader.GetOrdinal(column));

    public long Long(string column) => reader.GetInt64(reader.GetOrdinal(column));

    public long? LongOrNull(string column) => reader.GetOrdinal(column) is var i && reader.IsDBNull(i) ? null : reader.GetInt64(i);

    public bool Flag(string column) => reader.GetBoolean(reader.GetOrdinal(column));

    public byte[] Bytes(string column) => reader.GetFieldValue<byte[]>(reader.GetOrdinal(column));

    public byte[]? BytesOrNull(string column) =>
        reader.GetOrdinal(column) is var i && reader.IsDBNull(i) ? null : reader.GetFieldValue<byte[]>(i);

    public DateTimeOffset Moment(string column) => DateTimeOffset.FromUnixTimeMilliseconds(Long(column));

    public DateTimeOffset? MomentOrNull(string column) =>
        LongOrNull(column) is { } moment ? DateTimeOffset.FromUnixTimeMilliseconds(moment) : null;

    public TimeSpan Duration(string column) => TimeSpan.FromMilliseconds(Long(column));
}
