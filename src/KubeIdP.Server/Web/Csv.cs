namespace KubeIdP.Server.Web;

/// <summary>Rows as spreadsheets and mail merges take them (RFC 4180), each on a line of its own.</summary>
internal static class Csv
{
    /// <summary>A line without its end.</summary>
    public static string Line(params IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell));

    /// <summary>
    /// What comes from a directory is hostile: quotes are doubled, and nothing begins as what a spreadsheet takes for a formula, also in wide letters
    /// (https://owasp.org/www-community/attacks/CSV_Injection).
    /// </summary>
    public static string Cell(string? text) =>
        string.IsNullOrEmpty(text) ? "" : $"\"{(text[0] is '=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20' or '\t' or '\r' or '\n' ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
