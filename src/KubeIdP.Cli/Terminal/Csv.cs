namespace KubeIdP.Cli.Terminal;

/// <summary>CSV for spreadsheets and mail merges (RFC 4180), one row per line.</summary>
internal static class Csv
{
    /// <summary>A row without the line break.</summary>
    public static string Line(params IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell));

    /// <summary>
    /// Values from a directory may be hostile: quotes are doubled, and no cell begins like a spreadsheet formula, also not with full-width
    /// characters (https://owasp.org/www-community/attacks/CSV_Injection).
    /// </summary>
    public static string Cell(string? text) => string.IsNullOrEmpty(text)
        ? ""
        : $"\"{(BeginsFormula(text[0]) ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static bool BeginsFormula(char first) =>
        first is '=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20' or '\t' or '\r' or '\n';
}
