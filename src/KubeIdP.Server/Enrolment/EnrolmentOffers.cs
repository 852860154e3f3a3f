using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Upstreams;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Enrolment;

/// <summary>
/// Creates the codes with which people set up their first factor. People who have never signed in are looked up in their directory, so that
/// a whole company can be prepared in advance.
/// </summary>
internal sealed class EnrolmentOffers(ConnectorCatalog connectors, PersonReader people, SubjectLinker linker, UpstreamPeople store,
    TimeProvider clock)
{
    /// <param name="connector">
    /// The upstream to search; null: that of the domain in the name, or else the only one that has the name.
    /// </param>
    public async Task<EnrolmentOffer> OfferAsync(string username, ConnectorId? connector, Actor by, CancellationToken ct)
    {
        if (UserName.Read(username) is not { } name) return new EnrolmentOffer.Refused(Texts.EnrolNobody.With(OutsideText.Show(username)));

        switch (await FindAsync(name, connector, by, ct))
        {
            case (var person, null):
                return await HandOutAsync(person!, by, ct);
            case var (_, refusal):
                return new EnrolmentOffer.Refused(refusal);
        }
    }

    private async Task<EnrolmentOffer> HandOutAsync(Person person, Actor by, CancellationToken ct)
    {
        var code = EnrolmentCode.Create();
        return await store.OfferEnrolmentAsync(new PersonId(person.Id), new OneTimeSecret(EnrolmentCode.Hash(code), EnrolmentCode.Lifetime),
            by, ct) switch
        {
            EnrolmentChange.Done =>
                new EnrolmentOffer.IssuedSecret(new PersonId(person.Id), person.UserName!,
                    string.IsNullOrWhiteSpace(person.Email) ? null : person.Email, new ConnectorId(person.Connector), code,
                    clock.GetUtcNow() + EnrolmentCode.Lifetime),
            EnrolmentChange.HasFactor => new EnrolmentOffer.Refused(Texts.EnrolHasFactor.With(person.UserName)),
            EnrolmentChange.Barred => new EnrolmentOffer.Refused(Texts.EnrolDisabled.With(person.UserName)),
            _ => throw new InvalidOperationException("A change of an unknown outcome."),
        };
    }

    private async Task<(Person? Person, string? Refusal)> FindAsync(string username, ConnectorId? connector, Actor by, CancellationToken ct)
    {
        var byDomain = connectors.All.FirstOrDefault(configured => TypedAccount.Mentions(username, configured.Domains))?.Id;
        var asked = connector ?? byDomain;
        if (asked is null && await people.FindByNameAsync(UserName.Normalize(username), ct) is { RemovedAt: null, DisabledAt: null } here)
        {
            if (here.Connector == ConnectorId.Local.Value) return (here, null);
            asked = new ConnectorId(here.Connector);
        }

        if (asked == ConnectorId.Local)
            return await people.FindByNameAsync(UserName.Normalize(username), ct) is { RemovedAt: null, Connector: "local" } local
                ? (local, null)
                : (null, Texts.EnrolNoLocal.With(username));

        return await FindUpstreamAsync(username, asked, by, ct);
    }

    private async Task<(Person? Person, string? Refusal)> FindUpstreamAsync(string username, ConnectorId? asked, Actor by,
        CancellationToken ct)
    {
        var known = new List<UpstreamIdentity>();
        foreach (var candidate in connectors.All.Where(candidate => asked is null || candidate.Id == asked))
        {
            if (candidate.Connector is not IPreviewConnector directory)
            {
                // Somebody who has signed in there once is known here.
                return await people.FindByNameAsync(UserName.Normalize(username), ct) is { RemovedAt: null } met
                    && met.Connector == candidate.Id.Value ? (met, null) : (null, Texts.EnrolNoLookUp.With(candidate.Id));
            }

            switch (await directory.PreviewAsync(username, ct))
            {
                case UpstreamAnswer.Known(var identity):
                    known.Add(identity);
                    break;
                case UpstreamAnswer.Refused(var reason) when reason != Refusal.Unknown:
                    return (null, Texts.EnrolNotLetIn.With(candidate.Id, username, reason));
                case UpstreamAnswer.Unreachable(var detail):
                    return (null, Texts.EnrolNoAnswer.With(candidate.Id, detail));
            }
        }

        if (known is []) return (null, asked is { } id ? Texts.EnrolNobodyIn.With(username, id) : Texts.EnrolNobody.With(username));
        if (known.Count > 1)
            return (null, Texts.EnrolSeveral.With(username, string.Join(", ", known.Select(identity => identity.Connector))));

        return await linker.LinkAsync(known[0], by, ct) switch
        {
            LinkedPerson.Linked(var person) => (person, null),
            LinkedPerson.NameTaken => (null, Texts.EnrolNameTaken.With(known[0].Username)),
            LinkedPerson.NameNotAllowed(var fault) => (null, Texts.EnrolNameNotAllowed.With(known[0].Username, fault)),
            LinkedPerson.Disabled => (null, Texts.EnrolDisabled.With(known[0].Username)),
            _ => (null, Texts.EnrolNobody.With(username)),
        };
    }
}
