using KubeIdP.Data.Sessions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// The grant of a refused request to the token endpoint. If the transaction has none, OpenIddict's own checks refused the request.
/// </summary>
internal sealed record TokenRefusal(GrantSnapshot? Grant)
{
    /// <summary>Whether it is already in the audit log, as an event of another type.</summary>
    public bool IsRecorded { get; init; }

    /// <param name="context">Receives the error, and this grant for the audit log.</param>
    /// <param name="advice">The message for the person at the terminal; null where the code says all.</param>
    /// <param name="error">The code of RFC 6749 §5.2.</param>
    public void Reject(HandleTokenRequestContext context, string? advice, string error = Errors.InvalidGrant)
    {
        context.Transaction.SetProperty(nameof(TokenRefusal), this);
        context.Reject(error, advice);
    }

    public static TokenRefusal? Of(OpenIddictServerTransaction transaction) => transaction.GetProperty<TokenRefusal>(nameof(TokenRefusal));
}
