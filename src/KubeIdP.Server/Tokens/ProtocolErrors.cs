using KubeIdP.Server.Hosting;
using Microsoft.AspNetCore;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// The token endpoint's errors as a person meets them: kubelogin prints the description in the terminal, so it says what to do, with the reference
/// that finds the log entry. An outage is 503 and never <c>invalid_grant</c>, which would throw the session away.
/// </summary>
internal static class ProtocolErrors
{
    public static int Order { get; } = OpenIddictServerAspNetCoreHandlers.AttachHttpResponseCode<ApplyTokenResponseContext>.Descriptor.Order + 1;

    public sealed class AtTokenEndpoint : IOpenIddictServerHandler<ApplyTokenResponseContext>
    {
        public ValueTask HandleAsync(ApplyTokenResponseContext context)
        {
            if (context.Response.Error is null) return default;

            var http = context.Transaction.GetHttpRequest()!.HttpContext;
            context.Response.ErrorUri = null;
            context.Response.ErrorDescription = $"{Advise(context.Response.Error, context.Response.ErrorDescription)} (reference {http.TraceIdentifier})";
            if (context.Response.Error is Errors.TemporarilyUnavailable)
            {
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                http.Response.Headers.RetryAfter = "1";
            }

            return default;
        }

        private static string? Advise(string error, string? description) =>
            error is Errors.InvalidGrant && description?.Contains("Sign in", StringComparison.Ordinal) is false ? $"{description} Sign in again." : description;
    }
}
