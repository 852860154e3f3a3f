namespace KubeIdP.Server.Enrolment;

/// <summary>The result of creating enrolment codes.</summary>
/// <param name="Codes">The codes to hand over.</param>
/// <param name="Mailed">The codes that were mailed; they are not shown.</param>
/// <param name="Refused">Why no code was created for others, a sentence each.</param>
internal sealed record EnrolmentCodes(
    IReadOnlyList<CodeToHandOver> Codes, IReadOnlyList<EnrolmentOffer.IssuedSecret> Mailed, IReadOnlyList<string> Refused);

/// <param name="NotMailed">Why it could not be mailed; null when it should not be.</param>
internal sealed record CodeToHandOver(EnrolmentOffer.IssuedSecret Code, string? NotMailed);
