using KubeIdP.Data.Audit;
using KubeIdP.Server.Audit;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// The errors of the token endpoint. kubelogin prints the description in the terminal (for a refresh only with -v1), so it says what to do,
/// and has the reference of the log message. An outage is 503 and never <c>invalid_grant</c>, for which the client would discard the
/// session.
/// </summary>
internal static class ProtocolErrors
{
    public static int Order { get; } =
        OpenIddictServerAspNetCoreHandlers.AttachHttpResponseCode<ApplyTokenResponseContext>.Descriptor.Order + 1;

    /// <summary>An outage at userinfo and introspection, which OpenIddict would answer as a fault of the request.</summary>
    public sealed class Outages
        : IOpenIddictServerHandler<ApplyUserInfoResponseContext>, IOpenIddictServerHandler<ApplyIntrospectionResponseContext>
    {
        public ValueTask HandleAsync(ApplyUserInfoResponseContext context) => Apply(context.Transaction, context.Response);

        public ValueTask HandleAsync(ApplyIntrospectionResponseContext context) => Apply(context.Transaction, context.Response);

        private static ValueTask Apply(OpenIddictServerTransaction transaction, OpenIddictResponse response)
        {
            if (response.Error is Errors.TemporarilyUnavailable) AnswerLater(transaction.Http());
            return default;
        }
    }

    /// <summary>At introspection, before OpenIddict turns the error of a token into the answer that it is not active.</summary>
    public sealed class AtIntrospection : IOpenIddictServerHandler<ApplyIntrospectionResponseContext>
    {
        public ValueTask HandleAsync(ApplyIntrospectionResponseContext context)
        {
            // RFC 7662 §2.3: whoever does not authenticate gets the error of RFC 6749 §5.2. OpenIddict reports an invalid client assertion
            // as an invalid token, and would then answer that the token is not active.
            if (context.Response.Error is Errors.InvalidToken or Errors.InvalidGrant
                && context.Request is { ClientAssertion: not null }
                && context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!)
                    is not { ClientAssertionPrincipal: not null })
            {
                context.Response.Error = Errors.InvalidClient;
            }

            // RFC 7662 §2.2: an ID token is not active either. OpenIddict has an error of its own for it.
            else if (context.Response.Error is Errors.UnsupportedTokenType)
            {
                context.Response.Error = Errors.InvalidToken;
            }

            return default;
        }
    }

    public sealed class AtTokenEndpoint(RefusalAudit audit, ClientCatalog clients) : IOpenIddictServerHandler<ApplyTokenResponseContext>
    {
        public async ValueTask HandleAsync(ApplyTokenResponseContext context)
        {
            if (context.Response.Error is null) return;

            // RFC 6749 §5.2 has only invalid_client for an invalid client assertion; OpenIddict returns the error of the assertion as if it
            // were a token or grant.
            var http = context.Transaction.GetHttpRequest()!.HttpContext;
            if (context.Response.Error is Errors.InvalidToken or Errors.InvalidGrant
                && context.Request is { ClientAssertion: not null, GrantType: GrantTypes.ClientCredentials })
            {
                context.Response.Error = Errors.InvalidClient;
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            }

            await RecordAsync(context, http);
            context.Response.ErrorDescription =
                ErrorDescription.Of($"{AdviceOf(context)} (reference {http.TraceIdentifier})");
            if (context.Response.Error is Errors.TemporarilyUnavailable) AnswerLater(http);
        }

        private async Task RecordAsync(ApplyTokenResponseContext context, HttpContext http)
        {
            var refusal = TokenRefusal.Of(context.Transaction);
            if (refusal is { IsRecorded: true } || context.Response.Error is Errors.TemporarilyUnavailable or Errors.ServerError) return;

            // A poll with a device code that is none, or is over, costs no statement: nobody waits for more than "not yet".
            if (refusal is null && context.Request?.GrantType is GrantTypes.DeviceCode) return;

            var grant = refusal?.Grant;
            var isRefresh = context.Request?.GrantType is GrantTypes.RefreshToken;
            await audit.RecordAsync(
                new NewAuditEvent(isRefresh ? AuditEventType.RefreshRefused : AuditEventType.TokenRefused)
                {
                    PersonId = grant?.Person.Id,
                    SessionId = grant?.SessionId,
                    GrantId = grant?.GrantId,

                    // An unknown client id is text that a stranger chose, so it is not recorded.
                    ClientId = grant?.ClientId ?? clients.Find(context.Request?.ClientId)?.Id,
                    Address = http.Address(),
                    Reference = http.Reference(),
                    Detail = $"{context.Response.Error}: {context.Response.ErrorDescription}",
                },
                RequestInfo.NetworkOf(http.Connection.RemoteIpAddress));
        }

        /// <summary>A refusal of this server says what to do; OpenIddict's own does not.</summary>
        private static string? AdviceOf(ApplyTokenResponseContext context) =>
            context.Response.Error switch
            {
                // RFC 8628 §3.5: it is read from the device code, without a statement.
                Errors.ExpiredToken => "The code has expired before it was approved. Start again.",
                Errors.InvalidGrant when TokenRefusal.Of(context.Transaction) is null =>
                    $"{context.Response.ErrorDescription} Sign in again.",
                _ => context.Response.ErrorDescription,
            };
    }

    private static void AnswerLater(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "1";
    }
}
