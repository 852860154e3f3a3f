using KubeIdP.Data.Sessions;
using OpenIddict.Server;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// The grant of a refused request to the token endpoint. If the transaction has none, OpenIddict's own checks refused the request.
/// </summary>
internal sealed record TokenRefusal(GrantSnapshot? Grant)
{
    /// <summary>Whether it is already in the audit log, as an event of another type.</summary>
    public bool IsRecorded { get; init; }

    public void Attach(OpenIddictServerTransaction transaction) => transaction.SetProperty(nameof(TokenRefusal), this);

    public static TokenRefusal? Of(OpenIddictServerTransaction transaction) => transaction.GetProperty<TokenRefusal>(nameof(TokenRefusal));
}
