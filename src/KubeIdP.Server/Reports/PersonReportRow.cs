using System.Globalization;
using KubeIdP.Data.People;
using KubeIdP.Data.Reports;

namespace KubeIdP.Server.Reports;

/// <summary>A person as files and scripts get them.</summary>
/// <param name="Groups">As the person's directory names them, or as the tokens of a client do.</param>
/// <param name="LastLoginAmr">What the last login went by (RFC 8176).</param>
/// <param name="PhishingResistant">Whether there is a factor that a forged page can't ask for.</param>
internal sealed record PersonReportRow(
    string Name, string Subject, string? DisplayName, string? Email, string Connector, PersonStatus Status, IReadOnlyList<string> Groups, int Authenticators, int RecoveryCodes,
    bool PhishingResistant, DateTimeOffset? LastLoginAt, string? LastLoginAmr, int LiveSessions, DateTimeOffset CreatedAt)
{
    public static readonly IReadOnlyList<string> Columns =
        ["name", "subject", "displayName", "email", "connector", "status", "groups", "authenticators", "recoveryCodes", "phishingResistant", "lastLoginAt", "lastLoginAmr", "liveSessions", "createdAt"];

    /// <param name="person">As the database has them.</param>
    /// <param name="groups">Those to show; null: the person's own.</param>
    public static PersonReportRow Of(ReportedPerson person, IReadOnlyList<string>? groups = null) => new(
        person.Username, person.Id, person.DisplayName, person.Email, person.Connector, person.Status, groups ?? person.Groups, person.Authenticators, person.RecoveryCodes,
        person.HasPhishingResistantFactor, person.LastLoginAt, person.LastLoginAmr, person.LiveSessions, person.CreatedAt);

    /// <summary>In the order of <see cref="Columns"/>.</summary>
    public IEnumerable<string?> Cells() =>
    [
        Name, Subject, DisplayName, Email, Connector, StatusText, string.Join(' ', Groups), Number(Authenticators), Number(RecoveryCodes), PhishingResistant ? "true" : "false",
        Moment(LastLoginAt), LastLoginAmr, Number(LiveSessions), Moment(CreatedAt),
    ];

    private string StatusText => $"{char.ToLowerInvariant($"{Status}"[0])}{$"{Status}"[1..]}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Moment(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
