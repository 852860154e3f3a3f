using System.Buffers;
using KubeIdP.Testing.Databases;

namespace KubeIdP.Server.Tests.Web;

/// <summary>
/// Texts that no line from outside may hold: what a database can't keep, what can't be seen, what turns the reading direction.
/// </summary>
internal static class HostileTexts
{
    /// <summary>Each with the number by which a refusal names it.</summary>
    public static readonly IReadOnlyList<(string Text, string Number)> All =
    [
        ("a\0b", "U+0000"), ("a\u001bb", "U+001B"), ("a\u0085b", "U+0085"), ("a\u200bb", "U+200B"), ("a\u202eb", "U+202E"),
        ("a\u2066b", "U+2066"), ("a\u2028b", "U+2028"),
        ("a\u2029b", "U+2029"), ("a\u00adb", "U+00AD"), ("a\ufdd0b", "U+FDD0"), ("a\ufffeb", "U+FFFE"), ("a\uffffb", "U+FFFF"),
        ("a\U0001fffeb", "U+1FFFE"), ("a\U000e0041b", "U+E0041"),
    ];

    /// <summary>
    /// One that a database can't keep, one that .NET can't normalize, and one that an auditor can't see: for what is slow to ask.
    /// </summary>
    public static readonly IReadOnlyList<(string Text, string Number)> Few = [("a\0b", "U+0000"), ("a\ufffeb", "U+FFFE"),
        ("a\u202eb", "U+202E")];

    private static readonly SearchValues<char> Hidden =
        SearchValues.Create("\0\u001b\u0085\u00ad\u200b\u200d\u202e\u2066\u2028\u2029\ufdd0\ufffe\uffff");

    public static bool StandIn(string text) => text.AsSpan().ContainsAny(Hidden);

    /// <summary>The tables, with a row of each, in which any of them stands.</summary>
    public static async Task<IReadOnlyList<string>> StoredInAsync(TestDatabase database, CancellationToken ct)
    {
        var found = new List<string>();
        await using var connection = await database.Database.OpenAsync(ct);
        foreach (var table in database.Tables)
        {
            await using var command = database.Database.Command(connection,
                $"SELECT t::text FROM {table} t WHERE t::text ~ @hidden LIMIT 1",
                ("hidden", "[\u0085\u00ad\u001b\u200b\u202e\u2066\u2028\u2029\ufdd0\ufffe\uffff\U0001fffe\U000e0041]"));
            if (await command.ExecuteScalarAsync(ct) is string row) found.Add($"{table}: {row}");
        }

        return found;
    }
}
