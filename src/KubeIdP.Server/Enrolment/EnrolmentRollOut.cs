using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Enrolment;

/// <summary>Codes for many at once, mailed to them or to be handed over. The pages, the API and the commands ask here.</summary>
internal sealed class EnrolmentRollOut(EnrolmentOffers offers, EnrolmentMail mail)
{
    /// <summary>At once: each is looked up in its directory, and whoever asked over the network waits.</summary>
    public const int MaxNames = 200;

    public bool CanMail => mail.IsConfigured;

    /// <summary>One by one: each is looked up in its directory.</summary>
    /// <param name="names">As people type them.</param>
    /// <param name="connector">Where to look; null: where the name's domain says, or else the only place that knows the name.</param>
    /// <param name="mailed">Whether codes go to the addresses that their people have; only with a mail server.</param>
    public async Task<EnrolmentCodes> OfferAsync(IEnumerable<string> names, ConnectorId? connector, bool mailed, Actor by, CancellationToken ct)
    {
        var (offered, refused) = (new List<EnrolmentOffer.IssuedSecret>(), new List<string>());
        foreach (var name in names)
        {
            switch (await offers.OfferAsync(name, connector, by, ct))
            {
                case EnrolmentOffer.IssuedSecret made:
                    offered.Add(made);
                    break;
                case EnrolmentOffer.Refused(var why):
                    refused.Add(why);
                    break;
            }
        }

        if (!mailed) return new EnrolmentCodes([.. offered.Select(made => EnrolmentCodeItem.Of(made, notMailed: null))], [], refused);

        var answers = await mail.SendAsync(offered, by, ct);
        return new EnrolmentCodes(
            [.. answers.Where(answer => answer.Trouble is not null).Select(answer => EnrolmentCodeItem.Of(answer.Code, answer.Trouble))],
            [.. answers.Where(answer => answer.Trouble is null).Select(answer => MailedCodeItem.Of(answer.Code))],
            refused);
    }
}

/// <summary>What came of a roll-out.</summary>
/// <param name="Codes">To be handed over.</param>
/// <param name="Mailed">Codes that are on their way, and are shown to nobody else.</param>
/// <param name="Refused">Why others got none, a sentence each.</param>
internal sealed record EnrolmentCodes(IReadOnlyList<EnrolmentCodeItem> Codes, IReadOnlyList<MailedCodeItem> Mailed, IReadOnlyList<string> Refused);

/// <summary>A code for one person. It exists nowhere else: the database holds its hash.</summary>
/// <param name="NotMailed">Why it is here although it was to be mailed.</param>
internal sealed record EnrolmentCodeItem(string Id, string Username, string Connector, string Code, DateTimeOffset ExpiresAt, string? NotMailed)
{
    public static EnrolmentCodeItem Of(EnrolmentOffer.IssuedSecret made, string? notMailed) => new(made.PersonId, made.Username, made.Connector.Value, made.Code, made.ExpiresAt, notMailed);
}

/// <summary>To whom a code is on its way.</summary>
internal sealed record MailedCodeItem(string Id, string Username, string Connector, string Address, DateTimeOffset ExpiresAt)
{
    public static MailedCodeItem Of(EnrolmentOffer.IssuedSecret made) => new(made.PersonId, made.Username, made.Connector.Value, made.Mail!, made.ExpiresAt);
}
