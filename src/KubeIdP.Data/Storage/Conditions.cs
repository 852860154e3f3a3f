using KubeIdP.Core.Network;

namespace KubeIdP.Data.Storage;

/// <summary>The conditions of a search with their parameters.</summary>
internal sealed class Conditions
{
    private const string Mapped = "::ffff:";

    private readonly List<string> conditions = [];
    private readonly List<(string Name, object? Value)> parameters = [];

    public bool IsEmpty => conditions.Count == 0;

    /// <summary>For use after WHERE.</summary>
    public string Sql => conditions.Count == 0 ? "1 = 1" : string.Join(" AND ", conditions);

    public (string Name, object? Value)[] Parameters => [.. parameters];

    /// <summary>
    /// Adds the condition that a column contains an address of a range, or the network that stands for it. It also finds rows that were
    /// written before addresses had one format, because audit events can't be rewritten.
    /// </summary>
    public void AddAddress(Database database, string column, AddressRange range)
    {
        if (range.IsSingle)
        {
            Add($"{column} IN (@address, @mapped_address, @counted_address)",
                ("address", $"{range}"), ("mapped_address", $"{Mapped}{range}"),
                ("counted_address", $"{AddressRange.CountedAs(range.Network.BaseAddress)}"));
        }
        else if (database.IsPostgres)
        {
            // "::ffff:" also occurs in the middle of addresses, and networks were once stored as bare hexadecimal digits, which are not an
            // address.
            Add($"""
                CASE WHEN {column} ~ '^[0-9a-f]*[.:][0-9a-f.:/]*$' THEN regexp_replace({column}, '^{Mapped}([0-9.]+)$',
                    '\1')::inet <<= @address::inet END
                """, ("address", $"{range}"));
        }
        else Add($"{NonBlockingSqliteConnection.IsInRange}({column}, @address)", ("address", $"{range}"));
    }

    public void Add(string condition, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        conditions.Add(condition);
        parameters.AddRange(values);
    }
}
