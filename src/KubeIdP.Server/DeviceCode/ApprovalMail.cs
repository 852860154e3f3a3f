using System.Globalization;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Branding;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Mail;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.DeviceCode;

/// <summary>
/// Tells people by email that a machine was signed in as them, in the language of the browser that approved it. Somebody who was talked
/// into it reads it again without the one who did.
/// </summary>
internal sealed class ApprovalMail(MailQueue queue, IssuerUrl issuer, BrandOptions brand)
{
    /// <summary>Returns at once. Who has no address gets no message.</summary>
    /// <param name="person">Who approved it.</param>
    /// <param name="request">What the machine asked for.</param>
    /// <param name="client">Which program or cluster it is signed in to.</param>
    /// <param name="approvedFrom">The address of the browser; null: unknown.</param>
    /// <param name="lifetime">Of the session that was opened.</param>
    public void Send(PersonSnapshot person, ShownDeviceRequest request, Client client, string? approvedFrom, TimeSpan lifetime)
    {
        if (person.Email is not { Length: > 0 } address) return;

        queue.Add(new EmailMessage(address, person.Username, Texts.MailSubject.With(brand.Name),
            Texts.MailText.With(person.Username, brand.Name, client.Cluster is null ? client.Name : Texts.MailCluster.With(client.Name),
                Moment(request.Now), request.Address ?? Web.Texts.UnknownMachine, approvedFrom ?? Web.Texts.UnknownMachine,
                Moment(request.Now + lifetime), $"{issuer.Value.TrimEnd('/')}/account")));
    }

    // Mail has no time zone of its reader.
    private static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
