using System.CommandLine;
using System.Globalization;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Commands;

/// <summary>How much of a list is shown at once, and where it goes on: no list is so long that it would not fit into memory.</summary>
internal sealed class ListLimit
{
    private const int Most = 10_000;

    public ListLimit(int limit)
    {
        Limit = new Option<int>("--limit") { Description = $"How many at most, up to {Most}.", DefaultValueFactory = _ => limit };
        Limit.Validators.Add(given =>
        {
            // What is no number at all is named by the parser.
            if (given.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) && number is < 1 or > Most) given.AddError($"--limit takes a number from 1 to {Most}.");
        });
    }

    public Option<int> Limit { get; }

    public Option<string?> Cursor { get; } = new("--cursor") { Description = "Go on from here; a list that goes on says where." };

    /// <summary>Reads pages until there are enough, shows them, and says on standard error how to see more.</summary>
    /// <param name="read">A page that begins behind a cursor.</param>
    /// <param name="cursorOf">The cursor behind a row.</param>
    public async Task ShowAsync<T>(ParseResult parsed, Func<string?, Task<ListPage<T>>> read, Func<T, string> cursorOf, Func<IReadOnlyList<T>, Task> show)
    {
        var limit = parsed.GetValue(Limit);
        var rows = new List<T>();
        string? next = parsed.GetValue(Cursor);
        do
        {
            var page = await read(next);
            rows.AddRange(page.Rows);
            next = page.Next;
        }
        while (next is not null && rows.Count < limit);

        if (rows.Count > limit)
        {
            rows.RemoveRange(limit, rows.Count - limit);
            next = cursorOf(rows[^1]);
        }

        await show(rows);
        if (next is not null) await Console.Error.WriteLineAsync($"There is more: --cursor {next}");
    }
}
