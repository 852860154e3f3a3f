using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Enrolment;

/// <summary>Creates codes for many people at once, mailed or to hand over. Called by the pages, the API and the commands.</summary>
internal sealed class EnrolmentRollOut(EnrolmentOffers offers, EnrolmentMail mail)
{
    /// <summary>The maximum in one request: each person is looked up in their directory while the caller waits.</summary>
    public const int MaxNames = 200;

    public bool CanMail => mail.IsConfigured;

    /// <summary>Creates the codes one after the other, because each person is looked up in their directory.</summary>
    /// <param name="names">As people type them.</param>
    /// <param name="connector">
    /// The upstream to search; null: that of the domain in the name, or else the only one that has the name.
    /// </param>
    /// <param name="mailed">Whether to mail the codes to the people; only with a mail server.</param>
    public async Task<EnrolmentCodes> OfferAsync(IEnumerable<string> names, ConnectorId? connector, bool mailed, Actor by,
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

/// <summary>The result of creating enrolment codes.</summary>
/// <param name="Codes">The codes to hand over.</param>
/// <param name="Mailed">The codes that were mailed; they are not shown.</param>
/// <param name="Refused">Why no code was created for others, a sentence each.</param>
internal sealed record EnrolmentCodes(
    IReadOnlyList<CodeToHandOver> Codes, IReadOnlyList<EnrolmentOffer.IssuedSecret> Mailed, IReadOnlyList<string> Refused);

/// <param name="NotMailed">Why it could not be mailed; null when it should not be.</param>
internal sealed record CodeToHandOver(EnrolmentOffer.IssuedSecret Code, string? NotMailed);
