namespace KubeIdP.Cli.Api;

/// <summary>The result of creating enrolment codes.</summary>
/// <param name="Codes">The codes to hand over.</param>
/// <param name="Mailed">The codes that were mailed; they are not shown.</param>
/// <param name="Refused">Why no code was created for others, a sentence each.</param>
internal sealed record ApiEnrolmentCodes(
    IReadOnlyList<ApiEnrolmentCode> Codes, IReadOnlyList<ApiMailedCode> Mailed, IReadOnlyList<string> Refused);

/// <summary>A code for one person, shown in one response only.</summary>
/// <param name="NotMailed">Why it could not be mailed.</param>
internal sealed record ApiEnrolmentCode(
    string Id, string Username, string Upstream, string Code, DateTimeOffset ExpiresAt, string? NotMailed);

/// <summary>A person to whom a code was mailed.</summary>
internal sealed record ApiMailedCode(string Id, string Username, string Upstream, string Address, DateTimeOffset ExpiresAt);
