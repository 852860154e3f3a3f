using KubeIdP.Cli.Api;
using KubeIdP.Server.Enrolment;

namespace KubeIdP.Server.Api;

/// <summary>Enrolment codes as the API's records.</summary>
internal static class EnrolmentRecords
{
    public static ApiEnrolmentCodes Of(EnrolmentCodes codes) =>
        new([.. codes.Codes.Select(Of)], [.. codes.Mailed.Select(MailedOf)], codes.Refused);

    public static ApiEnrolmentCode Of(CodeToHandOver one) => new(
        one.Code.PersonId, one.Code.Username, one.Code.Connector.Value, one.Code.Code, one.Code.ExpiresAt, one.NotMailed);

    public static ApiMailedCode MailedOf(EnrolmentOffer.IssuedSecret one) =>
        new(one.PersonId, one.Username, one.Connector.Value, one.Mail!, one.ExpiresAt);
}
