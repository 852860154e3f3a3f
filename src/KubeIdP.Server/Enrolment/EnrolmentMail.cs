using System.Globalization;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Branding;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Mail;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Enrolment;

/// <param name="Fault">Why it could not be mailed, so that it must be handed over; null when it was mailed.</param>
internal sealed record MailedCode(EnrolmentOffer.IssuedSecret Code, string? Fault);

/// <summary>Mails enrolment codes to the addresses that people have in their directory.</summary>
internal sealed class EnrolmentMail(Mailer mailer, IssuerUrl issuer, BrandOptions brand, AuditLog audit)
{
    public bool IsConfigured => mailer.IsConfigured;

    /// <summary>One result for each code, in the same order.</summary>
    public async Task<IReadOnlyList<MailedCode>> SendAsync(IReadOnlyList<EnrolmentOffer.IssuedSecret> codes, Actor by, CancellationToken ct)
    {
        var addressed = codes.Where(code => code.Mail is not null).ToList();
        var answers = addressed.Zip(await mailer.SendAsync([.. addressed.Select(MessageWith)], ct))
            .ToDictionary(pair => pair.First, pair => pair.Second);
        foreach (var (code, _) in answers.Where(answer => answer.Value is null))
            await audit.AppendAsync(by.Did(AuditEventType.EnrolmentMailed, code.PersonId) with { Detail = code.Mail }, ct);

        return [.. codes.Select(code => new MailedCode(code, code.Mail is null ? Texts.EnrolNoMail.With(code.Username) : answers[code]))];
    }

    private EmailMessage MessageWith(EnrolmentOffer.IssuedSecret code) => new(
        code.Mail!, code.Username, Texts.EnrolMailSubject.With(brand.Name),
        Texts.EnrolMailText.With(code.Username, brand.Name, $"{issuer.Value.TrimEnd('/')}/account", code.Code,
            code.ExpiresAt.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)));
}
