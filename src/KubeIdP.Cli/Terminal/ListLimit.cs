using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeIdP.Cli.Terminal;

/// <summary>The limit and the cursor of a list. The limit bounds the memory that a list needs.</summary>
internal sealed partial class ListLimit
{
    private const int MaxLimit = 10_000;

    public ListLimit(int limit)
    {
        Limit = new Option<int>("--limit") { Description = $"The maximum number of rows, up to {MaxLimit}.",
            DefaultValueFactory = _ => limit };
        Limit.Validators.Add(given =>
        {
            // The parser reports what is not a number.
            if (given.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number)
                && number is < 1 or > MaxLimit)
                given.AddError($"--limit takes a number from 1 to {MaxLimit}.");
        });
    }

    public Option<int> Limit { get; }

    public Option<string?> Cursor { get; } =
        new("--cursor") { Description = "Continue an earlier list; a list with more rows prints its cursor." };

    /// <summary>For a list by time: refuses what can't be its cursor.</summary>
    public void TakesTimedCursor(Command list) => list.Validators.Add(given =>
    {
        if (given.GetValue(Cursor) is { } cursor && !Timed().IsMatch(cursor))
            given.AddError("--cursor takes the cursor that an earlier list printed.");
    });

    /// <summary>Reads pages until the limit is reached, shows the rows, and prints on standard error the cursor for more.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="read">Reads the page after a cursor: its rows, and the cursor of the next page.</param>
    /// <param name="cursorOf">The cursor after a row.</param>
    /// <param name="show">Prints the rows.</param>
    public async Task ShowAsync<T>(ParseResult parsed, Func<string?, Task<(IReadOnlyList<T> Rows, string? Next)>> read,
        Func<T, string> cursorOf, Func<IReadOnlyList<T>, Task> show)
    {
        var limit = parsed.GetValue(Limit);
        var rows = new List<T>();
        string? next = parsed.GetValue(Cursor);
        do
        {
            (var page, next) = await read(next);
            rows.AddRange(page);
        }
        while (next is not null && rows.Count < limit);

        if (rows.Count > limit)
        {
            rows.RemoveRange(limit, rows.Count - limit);
            next = cursorOf(rows[^1]);
        }

        await show(rows);
        if (next is not null) await Console.Error.WriteLineAsync($"There are more rows: --cursor {next}");
    }

    [GeneratedRegex(@"^[0-9]{1,19}-[^-\s]{1,64}\z")]
    private static partial Regex Timed();
}
