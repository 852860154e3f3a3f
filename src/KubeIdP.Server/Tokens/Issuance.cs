using System.Collections.Immutable;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using OpenIddict.Server;

namespace KubeIdP.Server.Tokens;

/// <summary>A used grant about to become tokens. Its presence on the transaction is the proof that the one UPDATE said yes.</summary>
internal sealed record Issuance(GrantSnapshot Grant, int Generation, Client Client, IssueTime Moment)
{
    /// <summary>Set for a code: OpenID Connect Core §12.2 keeps the nonce out of later ID tokens.</summary>
    public string? Nonce { get; init; }

    /// <summary>What these tokens are for: all that was granted, or the part that the refresh asked for, which OpenIddict has checked.</summary>
    public ImmutableArray<string> Scopes { get; init; } = TokenClaims.ScopesOf(Grant);

    public void Attach(OpenIddictServerTransaction transaction) => transaction.SetProperty(nameof(Issuance), this);

    public static Issuance? Of(OpenIddictServerTransaction transaction) => transaction.GetProperty<Issuance>(nameof(Issuance));
}
