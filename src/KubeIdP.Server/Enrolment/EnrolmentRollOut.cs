using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Enrolment;

/// <summary>Creates codes for many people at once, mailed or to hand over.</summary>
internal sealed class EnrolmentRollOut(EnrolmentOffers offers, EnrolmentMail mail, ConnectorCatalog connectors)
{
    /// <summary>The maximum in one request: each person is looked up in their directory while the caller waits.</summary>
    public const int MaxNames = 200;

    public bool CanMail => mail.IsConfigured;

    /// <summary>Creates the codes one after the other, because each person is looked up in their directory.</summary>
    /// <param name="names">As people type them.</param>
    /// <param name="connector">
    /// The upstream to search; null: that of the domain in the name, or else the only one that has the name.
    /// </param>
    /// <param name="mailed">Whether to mail the codes to the people.</param>
    public async Task<EnrolmentAnswer> OfferAsync(IEnumerable<string> names, string? connector, bool mailed, Actor by,
        CancellationToken ct)
    {
        if (mailed && !CanMail) return new EnrolmentAnswer.NoMailServer();

        var chosen = connectors.Choice(connector);
        if (connector is not null && chosen is null) return new EnrolmentAnswer.NoSuchUpstream();

        return new EnrolmentAnswer.Done(await CreateAsync(names, chosen, mailed, by, ct));
    }

    private async Task<EnrolmentCodes> CreateAsync(IEnumerable<string> names, ConnectorId? connector, bool mailed, Actor by,
        CancellationToken ct)
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

        if (!mailed) return new EnrolmentCodes([.. offered.Select(made => new CodeToHandOver(made, NotMailed: null))], [], refused);

        var answers = await mail.SendAsync(offered, by, ct);
        return new EnrolmentCodes(
            [.. answers.Where(answer => answer.Fault is not null).Select(answer => new CodeToHandOver(answer.Code, answer.Fault))],
            [.. answers.Where(answer => answer.Fault is null).Select(answer => answer.Code)],
            refused);
    }
}
