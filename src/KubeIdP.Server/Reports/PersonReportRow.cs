using System.Globalization;
using KubeIdP.Core.Naming;
using KubeIdP.Data.People;
using KubeIdP.Data.Reports;

namespace KubeIdP.Server.Reports;

/// <summary>A person as files and scripts get them, by the names that the API has.</summary>
/// <param name="Groups">As the person's directory names them, or as the tokens of a client do.</param>
/// <param name="LastLoginAmr">What the last login went by (RFC 8176).</param>
/// <param name="PhishingResistant">Whether there is a factor that a forged page can't ask for.</param>
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

    /// <param name="person">As the database has them.</param>
    /// <param name="groups">Those to show; null: the person's own.</param>
    public static PersonReportRow Of(ReportedPerson person, IReadOnlyList<string>? groups = null) => new(
        person.Id, person.Username, person.DisplayName, person.Email, person.Connector, groups ?? person.Groups, person.Status, person.LiveSessions,
        person.Authenticators, person.RecoveryCodes, person.HasPhishingResistantFactor, person.LastLoginAt, person.LastLoginAmr, person.CreatedAt);

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
