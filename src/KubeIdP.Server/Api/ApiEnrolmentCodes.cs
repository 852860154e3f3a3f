using KubeIdP.Server.Enrolment;

namespace KubeIdP.Server.Api;

/// <summary>The result of creating enrolment codes.</summary>
/// <param name="Codes">The codes to hand over.</param>
/// <param name="Mailed">The codes that were mailed; they are not shown.</param>
/// <param name="Refused">Why no code was created for others, a sentence each.</param>
internal sealed record ApiEnrolmentCodes(
    IReadOnlyList<ApiEnrolmentCode> Codes, IReadOnlyList<ApiMailedCode> Mailed, IReadOnlyList<string> Refused)
{
    public static ApiEnrolmentCodes Of(EnrolmentCodes codes) => new(
        [.. codes.Codes.Select(
            code => new ApiEnrolmentCode(code.Id, code.Username, code.Connector, code.Code, code.ExpiresAt, code.NotMailed))],
        [.. codes.Mailed.Select(code => new ApiMailedCode(code.Id, code.Username, code.Connector, code.Address, code.ExpiresAt))],
        codes.Refused);
}

/// <summary>A code for one person, shown in one response only.</summary>
/// <param name="NotMailed">Why it could not be mailed.</param>
internal sealed record ApiEnrolmentCode(
    string Id, string Username, string Connector, string Code, DateTimeOffset ExpiresAt, string? NotMailed);

/// <summary>A person to whom a code was mailed.</summary>
internal sealed record ApiMailedCode(string Id, string Username, string Connector, string Address, DateTimeOffset ExpiresAt);
