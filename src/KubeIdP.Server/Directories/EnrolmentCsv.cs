using System.Globalization;

namespace KubeIdP.Server.Directories;

/// <summary>Codes as a mail merge takes them (RFC 4180).</summary>
internal static class EnrolmentCsv
{
    public static string Of(IEnumerable<EnrolmentOffer.HandedOut> offered) => string.Join('\n',
    [
        "name,directory,code,expires",
        .. offered.Select(one => $"{Cell(one.Username)},{one.Connector},{one.Code},{one.ExpiresAt.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}"),
    ]);

    // A name from a directory is hostile: quotes are doubled, and nothing begins as what a spreadsheet takes for a formula.
    private static string Cell(string text) => $"\"{(text.Length > 0 && text[0] is '=' or '+' or '-' or '@' ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
