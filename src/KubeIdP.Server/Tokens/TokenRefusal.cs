using KubeIdP.Data.Sessions;
using OpenIddict.Server;

namespace KubeIdP.Server.Tokens;

/// <summary>Whose grant it was that a request at the token endpoint was refused for; without one on the transaction it got no further than OpenIddict's checks.</summary>
internal sealed record TokenRefusal(GrantSnapshot? Grant)
{
    /// <summary>The audit has it already, under a name of its own.</summary>
    public bool IsRecorded { get; init; }

    public void Attach(OpenIddictServerTransaction transaction) => transaction.SetProperty(nameof(TokenRefusal), this);

    public static TokenRefusal? Of(OpenIddictServerTransaction transaction) => transaction.GetProperty<TokenRefusal>(nameof(TokenRefusal));
}
