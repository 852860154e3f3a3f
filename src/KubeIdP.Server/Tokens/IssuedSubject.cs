using System.Collections.Immutable;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using OpenIddict.Server;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Whom tokens are about to be issued for: the closed set. A grant type attaches one to the transaction when all of its checks have passed;
/// without one the token endpoint issues nothing.
/// </summary>
internal abstract record IssuedSubject
{
    private IssuedSubject()
    {
    }

    public required Client Client { get; init; }

    /// <summary>What the tokens are for.</summary>
    public required ImmutableArray<string> Scopes { get; init; }

    public static IssuedSubject? Of(OpenIddictServerTransaction transaction) =>
        transaction.GetProperty<IssuedSubject>(nameof(IssuedSubject));

    public void Attach(OpenIddictServerTransaction transaction) => transaction.SetProperty(nameof(IssuedSubject), this);

    /// <summary>
    /// A person, by a grant that was just used: the one UPDATE has said yes. The scopes are all that was granted, or the part that a
    /// refresh asked for.
    /// </summary>
    public sealed record Person(GrantSnapshot Grant, int Generation, IssueTime Moment) : IssuedSubject
    {
        /// <summary>Set for a code: OpenID Connect Core §12.2 keeps the nonce out of later ID tokens.</summary>
        public string? Nonce { get; init; }
    }

    /// <summary>A service that has proven itself, with nobody behind it (RFC 6749 §4.4).</summary>
    public sealed record Service : IssuedSubject;
}
