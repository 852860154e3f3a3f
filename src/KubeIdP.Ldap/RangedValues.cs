using System.Globalization;

namespace KubeIdP.Ldap;

/// <summary>
/// Active Directory returns long attributes in ranges, the first as <c>member;range=0-1499</c> (MS-ADTS §3.1.1.3.1.3.3). Fetches the
/// others, so that the reader of an entry sees one whole attribute.
/// </summary>
internal static class RangedValues
{
    private const string Option = ";range=";

    // With 1,500 values a piece: more than the answer's size allows in any case.
    private const int MaxPieces = 2_000;

    public static async Task<SearchAnswer> CompleteAsync(SearchAnswer answer, Func<LdapSearch, Task<SearchAnswer>> ask)
    {
        var entries = new List<LdapEntry>(answer.Entries.Count);
        foreach (var entry in answer.Entries)
        {
            if (!entry.Attributes.Keys.Any(IsPiece))
            {
                entries.Add(entry);
                continue;
            }

            var (whole, failed) = await CompleteAsync(entry, ask);
            if (failed is not null) return answer with { Result = failed };
            entries.Add(whole);
        }

        return answer with { Entries = entries };
    }

    private static bool IsPiece(string attribute) => attribute.Contains(Option, StringComparison.OrdinalIgnoreCase);

    private static async Task<(LdapEntry Whole, LdapResult? Failed)> CompleteAsync(
        LdapEntry entry, Func<LdapSearch, Task<SearchAnswer>> ask)
    {
        var attributes = new Dictionary<string, IReadOnlyList<byte[]>>(entry.Attributes, StringComparer.OrdinalIgnoreCase);
        foreach (var (description, first) in entry.Attributes.Where(attribute => IsPiece(attribute.Key)))
        {
            var name = description[..description.IndexOf(Option, StringComparison.OrdinalIgnoreCase)];
            var values = new List<byte[]>(first);
            for (var (end, pieces) = (EndOf(description), 1); end is { } last; pieces++)
            {
                if (pieces > MaxPieces) throw new LdapException(LdapErrorKind.TooLarge, $"{name} comes in more than {MaxPieces} pieces.");

                var wanted = string.Create(CultureInfo.InvariantCulture, $"{name}{Option}{last + 1}-*");
                var answer = await ask(LdapSearch.Entry(entry.Dn, wanted));
                if (!answer.IsComplete || answer.Entries is not [var next]) return (entry, answer.Result);

                var (piece, more) = next.Attributes.FirstOrDefault(attribute => IsPieceOf(attribute.Key, name, last + 1));
                if (piece is null)
                    throw new LdapException(LdapErrorKind.Protocol, $"The server sent {name} only up to value {last}.");
                values.AddRange(more);
                end = EndOf(piece);
            }

            attributes.Remove(description);

            // Empty beside its first piece: that is how the server says that there are pieces.
            attributes[name] = values;
        }

        return (entry with { Attributes = attributes }, null);
    }

    private static bool IsPieceOf(string description, string name, long from) =>
        description.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{name}{Option}{from}-"), StringComparison.OrdinalIgnoreCase);

    /// <summary>The number of the last value in this piece; null when it is the last piece.</summary>
    private static long? EndOf(string description)
    {
        var end = description[(description.LastIndexOf('-') + 1)..];
        if (end == "*") return null;
        return long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last < int.MaxValue
            ? last
            : throw new LdapException(LdapErrorKind.Protocol, $"\"{description}\" is not a range.");
    }
}
