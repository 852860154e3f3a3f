using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Enrolment;

/// <summary>The closed set of outcomes of <see cref="EnrolmentOffers.OfferAsync"/>.</summary>
internal abstract record EnrolmentOffer
{
    private EnrolmentOffer()
    {
    }

    /// <param name="Username">As in the directory.</param>
    /// <param name="Mail">The email address of the person; null when none is known.</param>
    /// <param name="Code">To hand over to the person. The database has only its hash.</param>
    /// <param name="ExpiresAt">After this time an administrator must create another one.</param>
    public sealed record IssuedSecret(PersonId PersonId, string Username, string? Mail, ConnectorId Connector, string Code,
        DateTimeOffset ExpiresAt) : EnrolmentOffer;

    /// <param name="Reason">A sentence for the administrator.</param>
    public sealed record Refused(string Reason) : EnrolmentOffer;
}
