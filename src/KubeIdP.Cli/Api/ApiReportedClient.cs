using System.Globalization;

namespace KubeIdP.Cli.Api;

/// <summary>The live sessions of a client.</summary>
/// <remarks>The commands print the same, and the pages save it.</remarks>
/// <param name="Client">The id of the client.</param>
/// <param name="OldestLogin">Null when there is no live session.</param>
/// <param name="LastUsedAt">Null when there is no live session.</param>
internal sealed record ApiReportedClient(
    string Client, string Name, long Sessions, long People, DateTimeOffset? OldestLogin, DateTimeOffset? LastUsedAt)
{
    public static readonly IReadOnlyList<string> Columns = ["client", "name", "sessions", "people", "oldestLogin", "lastUsedAt"];

    /// <summary>In the order of <see cref="Columns"/>.</summary>
    public IEnumerable<string?> Cells() =>
        [Client, Name, Number(Sessions), Number(People), Timestamp(OldestLogin), Timestamp(LastUsedAt)];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Timestamp(DateTimeOffset? time) => time?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
