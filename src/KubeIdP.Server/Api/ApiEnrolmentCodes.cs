using KubeIdP.Server.Enrolment;

namespace KubeIdP.Server.Api;

/// <summary>What came of a roll-out.</summary>
/// <param name="Codes">To be handed over.</param>
/// <param name="Mailed">Codes that are on their way, and are shown to nobody else.</param>
/// <param name="Refused">Why others got none, a sentence each.</param>
internal sealed record ApiEnrolmentCodes(
    IReadOnlyList<ApiEnrolmentCode> Codes, IReadOnlyList<ApiMailedCode> Mailed, IReadOnlyList<string> Refused)
{
    public static ApiEnrolmentCodes Of(EnrolmentCodes codes) => new(
        [.. codes.Codes.Select(
            code => new ApiEnrolmentCode(code.Id, code.Username, code.Connector, code.Code, code.ExpiresAt, code.NotMailed))],
        [.. codes.Mailed.Select(code => new ApiMailedCode(code.Id, code.Username, code.Connector, code.Address, code.ExpiresAt))],
        codes.Refused);
}

/// <summary>A code for one person. It stands in one answer.</summary>
/// <param name="NotMailed">Why it is here although it was to be mailed.</param>
internal sealed record ApiEnrolmentCode(
    string Id, string Username, string Connector, string Code, DateTimeOffset ExpiresAt, string? NotMailed);

/// <summary>To whom a code is on its way.</summary>
internal sealed record ApiMailedCode(string Id, string Username, string Connector, string Address, DateTimeOffset ExpiresAt);
