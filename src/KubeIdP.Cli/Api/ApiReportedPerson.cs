using System.Globalization;
using KubeIdP.Core.People;

namespace KubeIdP.Cli.Api;

/// <summary>A person in a report. The groups have the names of the person's directory, or those in the tokens of a client.</summary>
/// <remarks>The commands print the same, and the pages save it.</remarks>
internal sealed record ApiReportedPerson : ApiPerson
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "username", "id", "displayName", "email", "upstream", "status", "groups", "factors", "recoveryCodes", "phishingResistant",
        "lastLoginAt", "lastLoginAmr", "liveSessions", "createdAt",
    ];

    /// <summary>How many factors the person has, of all kinds.</summary>
    public required int Factors { get; init; }

    public required int RecoveryCodes { get; init; }

    /// <summary>Whether the person has a phishing-resistant factor.</summary>
    public required bool PhishingResistant { get; init; }

    public required DateTimeOffset? LastLoginAt { get; init; }

    /// <summary>The methods of the last login (RFC 8176).</summary>
    public required string? LastLoginAmr { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>In the order of <see cref="Columns"/>.</summary>
    public IEnumerable<string?> Cells() =>
    [
        Username, Id, DisplayName, Email, Upstream, PersonStatusName.Of(Status), string.Join(' ', Groups),
        Number(Factors), Number(RecoveryCodes), PhishingResistant ? "true" : "false", Timestamp(LastLoginAt), LastLoginAmr,
        Number(LiveSessions), Timestamp(CreatedAt),
    ];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Timestamp(DateTimeOffset? time) => time?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
