using KubeIdP.Core.Naming;
using KubeIdP.Data.People;
using KubeIdP.Server.Reports;

namespace KubeIdP.Server.Api;

/// <summary>A person in a report.</summary>
/// <param name="Groups">By their names in the directory, or in the tokens of a client.</param>
/// <param name="LastLoginAmr">The methods of the last login (RFC 8176).</param>
/// <param name="PhishingResistant">Whether the person has a phishing-resistant factor.</param>
internal sealed record ApiReportedPerson(
    string Id, string Username, string? DisplayName, string? Email, string Connector, IReadOnlyList<string> Groups, PersonStatus Status,
    int LiveSessions, int Authenticators, int RecoveryCodes, bool PhishingResistant, DateTimeOffset? LastLoginAt, string? LastLoginAmr,
    DateTimeOffset CreatedAt)
{
    /// <inheritdoc cref="UserName.MixesScripts"/>
    public bool MixesScripts => UserName.MixesScripts(Username);

    public static ApiReportedPerson Of(PersonReportRow row) => new(
        row.Id, row.Username, row.DisplayName, row.Email, row.Connector, row.Groups, row.Status, row.LiveSessions,
        row.Authenticators, row.RecoveryCodes, row.PhishingResistant, row.LastLoginAt, row.LastLoginAmr, row.CreatedAt);
}
