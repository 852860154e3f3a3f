using System.Globalization;
using KubeIdP.Core.Naming;
using KubeIdP.Data.People;
using KubeIdP.Data.Reports;

namespace KubeIdP.Server.Reports;

/// <summary>A person in a report, for files and scripts, with the names of the API.</summary>
/// <param name="Groups">By their names in the directory, or in the tokens of a client.</param>
/// <param name="LastLoginAmr">The methods of the last login (RFC 8176).</param>
/// <param name="PhishingResistant">Whether the person has a phishing-resistant factor.</param>
internal sealed record PersonReportRow(
    string Id, string Username, string? DisplayName, string? Email, string Connector, IReadOnlyList<string> Groups, PersonStatus Status,
    int LiveSessions, int Authenticators, int RecoveryCodes, bool PhishingResistant, DateTimeOffset? LastLoginAt, string? LastLoginAmr,
    DateTimeOffset CreatedAt)
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "username", "id", "displayName", "email", "connector", "status", "groups", "authenticators", "recoveryCodes", "phishingResistant",
        "lastLoginAt", "lastLoginAmr", "liveSessions", "createdAt",
    ];

    /// <inheritdoc cref="UserName.MixesScripts"/>
    public bool MixesScripts => UserName.MixesScripts(Username);

    /// <param name="person">The person, as read from the database.</param>
    /// <param name="groups">The groups to show; null: those of the person.</param>
    public static PersonReportRow Of(ReportedPerson person, IReadOnlyList<string>? groups = null) => new(
        person.Id, person.Username, person.DisplayName, person.Email, person.Connector, groups ?? person.Groups, person.Status,
        person.LiveSessions,
        person.Authenticators, person.RecoveryCodes, person.HasPhishingResistantFactor, person.LastLoginAt, person.LastLoginAmr,
        person.CreatedAt);

    /// <summary>In the order of <see cref="Columns"/>.</summary>
    public IEnumerable<string?> Cells() =>
    [
        Username, Id, DisplayName, Email, Connector, PersonStatusName.Of(Status), string.Join(' ', Groups),
        Number(Authenticators), Number(RecoveryCodes), PhishingResistant ? "true" : "false", Moment(LastLoginAt), LastLoginAmr,
        Number(LiveSessions), Moment(CreatedAt),
    ];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Moment(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
