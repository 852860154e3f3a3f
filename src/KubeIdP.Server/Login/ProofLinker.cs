using System.Globalization;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Upstreams;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Login;

/// <summary>From the account that an upstream vouches for to the result of the first proof.</summary>
internal sealed class ProofLinker(SubjectLinker linker)
{
    /// <param name="asked">The upstream that was asked.</param>
    /// <param name="identity">Whom it vouches for; only its own accounts count.</param>
    /// <param name="account">The name of the account, for the audit log.</param>
    /// <param name="http">The request that brought the proof.</param>
    /// <param name="ct">Cancels the link.</param>
    public async Task<ProofResult> LinkAsync(
        ConnectorId asked, UpstreamIdentity identity, string account, HttpContext http, CancellationToken ct)
    {
        if (identity.Connector != asked)
            throw new InvalidOperationException($"The connector {asked} vouches for an account of {identity.Connector}.");

        switch (await linker.LinkAsync(identity, new Actor(identity.Connector.Value, http.Address(), http.Reference()), ct))
        {
            case LinkedPerson.Linked(var person):
                return new ProofResult.Proven(person);

            case LinkedPerson.NameTaken taken:
                var until = taken.ReservedUntil is { } reserved
                    ? string.Create(CultureInfo.InvariantCulture, $", reserved until {reserved:yyyy-MM-dd}")
                    : "";
                return new ProofResult.Barred($"NameTaken{until}", account, RefusedLogin.NameTaken(identity.Username));

            case LinkedPerson.NameNotAllowed(var fault):
                return new ProofResult.Barred($"NameNotAllowed, it {fault}", account, RefusedLogin.For(Refusal.NameNotAllowed));

            // Whether an administrator of this server has disabled an account is never revealed, even after the right proof.
            case LinkedPerson.Disabled:
                return new ProofResult.Refused(nameof(Refusal.Disabled), account);

            case LinkedPerson.Gone:
                return new ProofResult.Refused("NotLinked", account);

            default:
                throw new InvalidOperationException("The link has an unknown outcome.");
        }
    }
}
