using System.Security.Claims;
using KubeIdP.Core.Naming;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Web;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.DeviceCode;

/// <summary>
/// The device authorization endpoint (RFC 8628 §3.1, §3.2), inside OpenIddict: its own checks of client, grant type and scopes run before,
/// and it protects the device code as it does authorization codes. The request itself is a row of ours (decisions/0032).
/// </summary>
internal static class DeviceCodeFlow
{
    /// <summary>In the protected device code: the id of the request.</summary>
    public const string RequestClaim = "device";

    /// <summary>RFC 8628 §3.2, <c>expires_in</c>: long enough to type eight letters, and to sign in before that.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>RFC 8628 §3.2, <c>interval</c>, in seconds.</summary>
    public const int IntervalSeconds = 5;

    /// <summary>
    /// A poll that comes sooner after the last accepted one gets <c>slow_down</c>. One second less than what clients are told, so that the
    /// network's delays never make an honest client too fast.
    /// </summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(IntervalSeconds - 1);

    /// <summary>
    /// Turns the grant on if a client may use it. OpenIddict refuses it without its token storage (ID0367), which it would need to connect
    /// the two codes; here the row connects them. So this runs after OpenIddict's check of its options.
    /// </summary>
    public sealed class Enable(ClientCatalog clients) : IPostConfigureOptions<OpenIddictServerOptions>
    {
        public void PostConfigure(string? name, OpenIddictServerOptions options)
        {
            if (!clients.HasDeviceCode) return;

            options.GrantTypes.Add(GrantTypes.DeviceCode);
            options.DeviceAuthorizationEndpointUris.Add(Relative(EndpointPaths.Device));
            options.EndUserVerificationEndpointUris.Add(Relative(DeviceModel.Path));

            // It is cut to whole seconds. The row expires after exactly the announced time, and decides.
            options.DeviceCodeLifetime = Lifetime + TimeSpan.FromSeconds(1);
        }

        private static Uri Relative(string path) => new(path.TrimStart('/'), UriKind.Relative);
    }

    /// <summary>The page is this server's own: OpenIddict would look for the typed code among its tokens.</summary>
    public sealed class LeavePage : IOpenIddictServerHandler<ProcessRequestContext>
    {
        public ValueTask HandleAsync(ProcessRequestContext context)
        {
            if (context.EndpointType is OpenIddictServerEndpointType.EndUserVerification)
                context.EndpointType = OpenIddictServerEndpointType.Unknown;
            return default;
        }
    }

    /// <summary>
    /// Administration is never given by device code: whoever approves a code can't see for whom it is, and passkeys don't help against
    /// that.
    /// </summary>
    public sealed class RefuseAdministration : IOpenIddictServerHandler<ValidateDeviceAuthorizationRequestContext>
    {
        public ValueTask HandleAsync(ValidateDeviceAuthorizationRequestContext context)
        {
            if (context.Request.HasScope(ApiScopes.Admin))
                context.Reject(Errors.InvalidScope, "Administration needs a sign-in with a browser on this machine.");
            return default;
        }
    }

    /// <summary>Stores the request, after all checks, and names its codes.</summary>
    public sealed class Start(DeviceRequestStore requests, UserCode codes, ClientCatalog clients, IssuerUrl issuer,
        DeviceCodeMetrics metrics, TimeProvider clock, ILogger<Start> log)
        : IOpenIddictServerHandler<HandleDeviceAuthorizationRequestContext>
    {
        private const int MaxUserAgentLength = 256;

        /// <summary>Of 25 billion codes at most a thousand are taken, so hardly anybody ever needs a second attempt.</summary>
        private const int Attempts = 5;

        private readonly OncePerMinute reports = new(clock);

        public async ValueTask HandleAsync(HandleDeviceAuthorizationRequestContext context)
        {
            var (http, client) = (context.Transaction.Http(), clients.Find(context.ClientId)!);
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var code = UserCode.Create();
                var request = new NewDeviceRequest(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), codes.HashOf(code), client.Id,
                    string.Join(' ', context.Request.GetScopes()), http.Address(),
                    RequestInfo.NetworkOf(http.Connection.RemoteIpAddress), UserAgentOf(http), Lifetime);
                switch (await requests.StartAsync(request, http.RequestAborted))
                {
                    case DeviceStart.Stored:
                        metrics.Started();
                        Answer(context, request.Id, code);
                        return;

                    case DeviceStart.CodeTaken:
                        break;

                    default:
                        metrics.Limited();
                        if (reports.CountSuppressed() is { } more)
                            log.TooManyRequests(client.Id, DeviceRequestStore.MaxLivePerNetwork, DeviceRequestStore.MaxLive, more);
                        context.Reject(Errors.SlowDown, "Too many sign-ins with a device code are waiting. Try again in some minutes.");
                        return;
                }
            }

            throw new InvalidOperationException("No user code was free.");
        }

        private void Answer(HandleDeviceAuthorizationRequestContext context, string id, string code)
        {
            // Without an authentication type: nobody is known yet.
            context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(RequestClaim, id)]))
                .SetScopes(context.Request.GetScopes());

            // No verification_uri_complete (RFC 8628 §3.3.1 and §5.4): whoever types the code has the terminal in front of them that shows
            // it.
            context.Parameters[Parameters.UserCode] = UserCode.Show(code);
            context.Parameters[Parameters.VerificationUri] = issuer.Value.TrimEnd('/') + DeviceModel.Path;
            context.Parameters["interval"] = IntervalSeconds;
        }

        // The header may contain anything, and people read it.
        private static string? UserAgentOf(HttpContext http) =>
            http.Request.Headers.UserAgent.ToString() is { Length: > 0 } header
                ? OutsideText.Cut(OutsideText.Show(header), MaxUserAgentLength)
                : null;
    }

    /// <summary>The user code is ours, and no token: OpenIddict creates the device code alone.</summary>
    public sealed class WithoutUserCode : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            if (context.EndpointType is OpenIddictServerEndpointType.DeviceAuthorization)
                context.GenerateUserCode = context.IncludeUserCode = false;
            return default;
        }
    }

    /// <summary>
    /// The announced lifetime, and errors with their reference. Too many requests are 429 (RFC 6585 §4), which no client takes for a
    /// mistake of its own.
    /// </summary>
    public sealed class CompleteAnswer : IOpenIddictServerHandler<ApplyDeviceAuthorizationResponseContext>
    {
        private const string RetryAfter = "60";

        public ValueTask HandleAsync(ApplyDeviceAuthorizationResponseContext context)
        {
            if (context.Response.Error is null)
            {
                context.Response.ExpiresIn = (long)Lifetime.TotalSeconds;
                return default;
            }

            var http = context.Transaction.Http();
            context.Response.ErrorDescription =
                ErrorDescription.Of($"{context.Response.ErrorDescription} (reference {http.Reference()})");
            if (context.Response.Error is Errors.SlowDown)
            {
                http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                http.Response.Headers.RetryAfter = RetryAfter;
            }

            return default;
        }
    }
}
