using System.Collections.Frozen;
using System.Globalization;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Server.Clients;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace KubeIdP.Server.Issuer;

/// <summary>Checks of requests that OpenIddict leaves to its host, each refused with the protocol's error code.</summary>
internal static class RequestChecks
{
    private const string Registration = "registration";

    // The parameters that each endpoint knows, with "request", "request_uri" and "registration", which must be refused (OpenID Connect Core
    // §3.1.2.6) and not ignored.
    private static readonly FrozenSet<string> AtAuthorization = FrozenSet.Create(
        StringComparer.Ordinal, Parameters.ClientId, Parameters.RedirectUri, Parameters.ResponseType, Parameters.ResponseMode,
        Parameters.Scope, Parameters.State, Parameters.Nonce,
        Parameters.CodeChallenge, Parameters.CodeChallengeMethod, Parameters.Prompt, Parameters.MaxAge, Parameters.IdTokenHint,
        Parameters.LoginHint, Parameters.AcrValues,
        Parameters.UiLocales, Parameters.Request, Parameters.RequestUri, Registration);

    // RFC 6749 §4.1.3: a code already has its scopes. Many clients repeat them, which OpenIddict refuses.
    private static readonly FrozenDictionary<string, FrozenSet<string>> AtToken = GrantType.All.ToFrozenDictionary(type => type.Name,
        type => type.Parameters.Concat(OfEveryGrantType).ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    private static readonly FrozenSet<string> AtUnknownGrantType = OfEveryGrantType.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> AtDevice = FrozenSet.Create(
        StringComparer.Ordinal, Parameters.ClientId, Parameters.Scope, Parameters.ClientSecret, Parameters.ClientAssertion,
        Parameters.ClientAssertionType);

    private static readonly FrozenSet<string> AtEndSession = FrozenSet.Create(
        StringComparer.Ordinal, Parameters.IdTokenHint, Parameters.ClientId, Parameters.PostLogoutRedirectUri, Parameters.State,
        Parameters.UiLocales);

    public static OpenIddictServerBuilder AddRequestChecks(this OpenIddictServerBuilder server) => server
        .AddEventHandler<ExtractAuthorizationRequestContext>(handler =>
            handler.UseInlineHandler(context => DropUnknown(context.Request, AtAuthorization)).SetOrder(Last))
        .AddEventHandler<ExtractTokenRequestContext>(handler =>
            handler.UseInlineHandler(context => DropUnknown(context.Request, KnownAtToken(context.Request))).SetOrder(Last))
        .AddEventHandler<ExtractEndSessionRequestContext>(handler =>
            handler.UseInlineHandler(context => DropUnknown(context.Request, AtEndSession)).SetOrder(Last))
        .AddEventHandler<ExtractDeviceAuthorizationRequestContext>(handler =>
            handler.UseInlineHandler(context => DropUnknown(context.Request, AtDevice)).SetOrder(Last))
        .AddEventHandler<ExtractUserInfoRequestContext>(handler => handler.UseInlineHandler(TakePostWithoutBody).SetOrder(int.MinValue))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(RefuseRepeated).SetOrder(First))
        .AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(RefuseRepeated).SetOrder(First))
        .AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(RefuseRepeated).SetOrder(First))
        .AddEventHandler<ValidateRevocationRequestContext>(handler => handler.UseInlineHandler(RefuseRepeated).SetOrder(First))
        .AddEventHandler<ValidateIntrospectionRequestContext>(handler => handler.UseInlineHandler(RefuseRepeated).SetOrder(First))
        .AddEventHandler<ValidateDeviceAuthorizationRequestContext>(handler => handler.UseInlineHandler(RefuseRepeated).SetOrder(First))
        .AddEventHandler<ExtractIntrospectionRequestContext>(handler => handler.UseInlineHandler(RefuseIntrospectionByGet)
            .SetOrder(int.MinValue))
        .AddEventHandler<ValidateIntrospectionRequestContext>(handler => handler.UseInlineHandler(RefuseUnauthenticated)
            .SetOrder(First + 1))
        .AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseSingletonHandler<RefuseOtherOrigin>().SetOrder(First + 1))
        .AddEventHandler<ValidateRevocationRequestContext>(handler => handler.UseSingletonHandler<RefuseOtherOrigin>().SetOrder(First + 1))
        .AddEventHandler<ExtractUserInfoRequestContext>(handler => handler.UseInlineHandler(RefuseSecondToken).SetOrder(Last))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(RefuseRegistration)
            .SetOrder(Authentication.ValidateRequestUriParameter.Descriptor.Order + 1))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(RefuseOtherResponseType)
            .SetOrder(Authentication.ValidateResponseTypeParameter.Descriptor.Order + 1))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(RefuseNamelessParameter)
            .SetOrder(Authentication.ValidateRedirectUriParameter.Descriptor.Order - 1))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(RefuseMissingRedirectUri)
            .SetOrder(Authentication.ValidateRedirectUriParameter.Descriptor.Order + 1))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(RefuseMalformedMaxAge)
            .SetOrder(Authentication.ValidatePromptParameter.Descriptor.Order + 1))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(RefuseWrongHint)
            .SetOrder(Authentication.ValidateClientRedirectUri.Descriptor.Order + 1))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(RefuseFormPostToProgram)
            .SetOrder(Authentication.ValidateClientRedirectUri.Descriptor.Order + 2))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseSingletonHandler<LeaveOutUnknownScopes>()
            .SetOrder(Authentication.ValidateScopes.Descriptor.Order - 1))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseSingletonHandler<RefuseScopesOfOthers>()
            .SetOrder(Authentication.ValidateScopePermissions.Descriptor.Order - 1))
        .AddEventHandler<ValidateDeviceAuthorizationRequestContext>(handler => handler.UseSingletonHandler<LeaveOutUnknownScopes>()
            .SetOrder(Device.ValidateScopes.Descriptor.Order - 1))
        .AddEventHandler<ValidateDeviceAuthorizationRequestContext>(handler => handler.UseSingletonHandler<RefuseScopesOfOthers>()
            .SetOrder(Device.ValidateGrantTypePermissions.Descriptor.Order + 1))
        .AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseSingletonHandler<RefuseScopesOfOthers>()
            .SetOrder(Exchange.ValidateScopePermissions.Descriptor.Order - 1))
        .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(RefuseMalformedChallenge)
            .SetOrder(Authentication.ValidateProofKeyForCodeExchangeParameters.Descriptor.Order + 1))
        .AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(RefuseMissingVerifier)
            .SetOrder(Exchange.ValidateProofKeyForCodeExchangeRequirement.Descriptor.Order - 1))
        .AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(RefuseWiderScope)
            .SetOrder(Exchange.ValidateGrantedScopes.Descriptor.Order - 1))
        .AddEventHandler<ExtractUserInfoRequestContext>(handler => handler.UseInlineHandler(RefuseTokenInQuery)
            .SetOrder(int.MinValue))
        .AddEventHandler<ApplyAuthorizationResponseContext>(handler => handler.UseSingletonHandler<SendErrorToClient>()
            .SetOrder(Authentication.InferResponseMode.Descriptor.Order + 1))
        .AddEventHandler<ProcessErrorContext>(handler => handler.UseInlineHandler(WithoutErrorUri)
            .SetOrder(Authentication.ApplyAuthorizationResponse<ProcessErrorContext>.Descriptor.Order - 1))
        .AddEventHandler<ProcessChallengeContext>(handler => handler.UseInlineHandler(WithoutErrorUri)
            .SetOrder(Authentication.ApplyAuthorizationResponse<ProcessChallengeContext>.Descriptor.Order - 1));

    /// <summary>
    /// RFC 6749 §4.1.2.1: once client and redirect URI are valid, other errors are sent to the client. OpenIddict would show a page
    /// instead, and kubelogin would wait for a response that never arrives.
    /// </summary>
    private sealed class SendErrorToClient(ClientCatalog clients) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
    {
        public ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
        {
            // A parameter that was sent twice reads as null, so nothing is sent to either of two addresses.
            if (context is { RedirectUri: null, Response.Error: not null, Request: { ClientId: var id, RedirectUri: { } redirect } } &&
                clients.Find(id)?.Options.RedirectUris.Any(registered => RedirectUri.Matches(registered, redirect)) is true)
            {
                context.RedirectUri = redirect;
                context.ResponseMode = context.Request.ResponseMode is ResponseModes.FormPost
                    ? ResponseModes.FormPost
                    : ResponseModes.Query;
            }

            if (context is { ResponseMode: ResponseModes.FormPost, RedirectUri: { } address } && RedirectUri.HasPrivateScheme(address))
                context.ResponseMode = ResponseModes.Query;
            return default;
        }
    }

    /// <summary>
    /// OpenID Connect Core §3.1.2.1: unknown scopes are ignored; the response of the token endpoint says which were granted (RFC 6749
    /// §3.3). A scope that this issuer knows but this client may not have is refused by OpenIddict.
    /// </summary>
    private sealed class LeaveOutUnknownScopes(ILogger<LeaveOutUnknownScopes> log)
        : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>, IOpenIddictServerHandler<ValidateDeviceAuthorizationRequestContext>
    {
        /// <summary>The maximum length in characters of what a stranger can write into the log at once.</summary>
        private const int MaxShown = 200;

        public ValueTask HandleAsync(ValidateAuthorizationRequestContext context) => LeaveOut(context, context.ClientId!, context.Request);

        // Before OpenIddict has found the client.
        public ValueTask HandleAsync(ValidateDeviceAuthorizationRequestContext context) =>
            LeaveOut(context, context.Request.ClientId ?? "", context.Request);

        private ValueTask LeaveOut(BaseValidatingContext context, string clientId, OpenIddictRequest request)
        {
            var asked = request.GetScopes();
            var unknown = string.Join(' ', asked.Where(scope => !context.Options.Scopes.Contains(scope)));
            if (unknown.Length == 0) return default;

            log.ScopesLeftOut(OutsideText.Cut(OutsideText.Show(clientId), MaxShown), OutsideText.Cut(OutsideText.Show(unknown), MaxShown));
            request.Scope = asked.Where(context.Options.Scopes.Contains).ToList() is { Count: > 0 } known
                ? string.Join(' ', known)
                : null;
            return default;
        }
    }

    /// <summary>
    /// RFC 6749 §4.1.2.1 and §5.2: a scope that this client may not have is invalid_scope. OpenIddict says invalid_request.
    /// </summary>
    private sealed class RefuseScopesOfOthers(ClientCatalog clients)
        : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>, IOpenIddictServerHandler<ValidateTokenRequestContext>,
            IOpenIddictServerHandler<ValidateDeviceAuthorizationRequestContext>
    {
        public ValueTask HandleAsync(ValidateDeviceAuthorizationRequestContext context) =>
            Check(context, Identifier.OrNull<ClientId>(context.ClientId), context.Request);

        public ValueTask HandleAsync(ValidateAuthorizationRequestContext context) =>
            Check(context, Identifier.OrNull<ClientId>(context.ClientId), context.Request);

        public ValueTask HandleAsync(ValidateTokenRequestContext context) =>
            Check(context, Identifier.OrNull<ClientId>(context.ClientId), context.Request);

        private ValueTask Check(BaseValidatingContext context, ClientId? clientId, OpenIddictRequest request)
        {
            if (clients.Find(clientId) is { } client && !request.GetScopes().All(client.MayAskFor))
                context.Reject(Errors.InvalidScope, "This client is not allowed to have one of the scopes.");

            // A token for one's own API is worth less than one for the administration, and so may lie longer on a machine.
            else if (request.GetScopes() is var scopes && scopes.Contains(ApiScopes.Self) && scopes.Contains(ApiScopes.Admin))
                context.Reject(Errors.InvalidScope, $"The scopes {ApiScopes.Self} and {ApiScopes.Admin} are not given together.");
            return default;
        }
    }

    /// <summary>
    /// OAuth 2.0 for Browser-Based Applications: CORS only decides what a page may read, and a form needs no permission to be sent, so a
    /// request in the name of an application from another site is refused before anything is used up. The error is invalid_request and not
    /// invalid_client: a public client has no credentials that could be wrong, and its application must not discard its session.
    /// </summary>
    private sealed class RefuseOtherOrigin(ClientCatalog clients)
        : IOpenIddictServerHandler<ValidateTokenRequestContext>, IOpenIddictServerHandler<ValidateRevocationRequestContext>
    {
        public ValueTask HandleAsync(ValidateTokenRequestContext context) => Check(context, context.Request);

        public ValueTask HandleAsync(ValidateRevocationRequestContext context) => Check(context, context.Request);

        // A program that is no browser sends no Origin, and could send any.
        private ValueTask Check(BaseValidatingContext context, OpenIddictRequest request)
        {
            var origin = context.Transaction.GetHttpRequest()!.Headers.Origin;
            if (origin.Count > 0 && clients.Find(request.ClientId) is { Kind: ClientKind.Spa } client
                && !(origin is [{ } only] && client.Origins.Contains(only)))
                context.Reject(Errors.InvalidRequest, "The Origin of this request is not one of this client's redirect URIs.");
            return default;
        }
    }

    private const int First = int.MinValue + 1;
    private const int Last = int.MaxValue - 1;

    private static string[] OfEveryGrantType =>
        [Parameters.GrantType, Parameters.ClientId, Parameters.ClientSecret, Parameters.ClientAssertion, Parameters.ClientAssertionType];

    private static FrozenSet<string> KnownAtToken(OpenIddictRequest? request) =>
        request?.GrantType is { } type && AtToken.TryGetValue(type, out var known) ? known : AtUnknownGrantType;

    // RFC 6749 §3.1 and §3.2: unknown parameters are ignored. OpenIddict refuses some of them, such as "audience", which other servers use.
    private static ValueTask DropUnknown(OpenIddictRequest? request, FrozenSet<string> known)
    {
        if (request is null) return default;

        // Refreshes come here too and have no unknown parameters, so a list is only created if there is one.
        List<string>? unknown = null;
        foreach (var (name, _) in request.GetParameters())
        {
            if (!known.Contains(name)) (unknown ??= []).Add(name);
        }

        foreach (var name in unknown ?? []) request.RemoveParameter(name);
        return default;
    }

    // Must run before OpenIddict parses the query. No client can have registered such an address.
    private static ValueTask RefuseNamelessParameter(ValidateAuthorizationRequestContext context)
    {
        if (Uri.TryCreate(context.Request.RedirectUri, UriKind.Absolute, out var uri) && RedirectUri.HasNamelessParameter(uri))
            context.Reject(Errors.InvalidRequest, "The redirect_uri has a parameter without a name.");
        return default;
    }

    // Without a redirect_uri, OpenIddict would use the only registered one if no ID token is requested.
    private static ValueTask RefuseMissingRedirectUri(ValidateAuthorizationRequestContext context)
    {
        if (string.IsNullOrEmpty(context.Request.RedirectUri)) context.Reject(Errors.InvalidRequest, "The redirect_uri is missing.");
        return default;
    }

    // OpenIddict compares sets, so "code code" passes its checks as "code", but is unknown when it creates the response.
    private static ValueTask RefuseOtherResponseType(ValidateAuthorizationRequestContext context)
    {
        if (context.Request.ResponseType is not ResponseTypes.Code)
            context.Reject(Errors.UnsupportedResponseType, "The response_type is not \"code\".");
        return default;
    }

    // OpenID Connect Core §7.2.1.
    private static ValueTask RefuseRegistration(ValidateAuthorizationRequestContext context)
    {
        if (!string.IsNullOrEmpty((string?)context.Request[Registration]))
            context.Reject(Errors.RegistrationNotSupported, "The registration parameter is not supported.");
        return default;
    }

    // OpenID Connect Core §3.1.2.1: seconds. Treating other values as "no limit" would ignore the request for a fresh login. RFC 6749 §3.1:
    // an empty value counts as not sent.
    private static ValueTask RefuseMalformedMaxAge(ValidateAuthorizationRequestContext context)
    {
        if ((string?)context.Request[Parameters.MaxAge] is { Length: > 0 } age
            && !(age.All(char.IsAsciiDigit) && long.TryParse(age, CultureInfo.InvariantCulture, out _)))
            context.Reject(Errors.InvalidRequest, "The max_age is not a number of seconds.");
        return default;
    }

    // OpenIddict would ignore an invalid hint, and let anybody sign in although the client requested a certain person.
    private static ValueTask RefuseWrongHint(ValidateAuthorizationRequestContext context)
    {
        if (!string.IsNullOrEmpty(context.Request.IdTokenHint) && context.IdentityTokenHintPrincipal is null)
            context.Reject(Errors.InvalidRequest, "The id_token_hint is not an ID token of this issuer.");
        return default;
    }

    // RFC 8252 §7.1: a program gets the address that its scheme is opened with. A browser opens it without the body of a form.
    private static ValueTask RefuseFormPostToProgram(ValidateAuthorizationRequestContext context)
    {
        if (context.Request is { ResponseMode: ResponseModes.FormPost, RedirectUri: { } address } && RedirectUri.HasPrivateScheme(address))
            context.Reject(Errors.InvalidRequest, "The response_mode form_post needs an http or https redirect_uri.");
        return default;
    }

    // RFC 7662 §2.1: a POST, because addresses are logged. OpenIddict also takes a GET.
    private static ValueTask RefuseIntrospectionByGet(ExtractIntrospectionRequestContext context)
    {
        if (!HttpMethods.IsPost(context.Transaction.GetHttpRequest()!.Method))
            context.Reject(Errors.InvalidRequest, "Introspection must be requested by POST.");
        return default;
    }

    // RFC 7662 §2.1: before anything else is said. OpenIddict then checks the secret or assertion; a public client has neither.
    private static ValueTask RefuseUnauthenticated(ValidateIntrospectionRequestContext context)
    {
        if (string.IsNullOrEmpty(context.Request.ClientAssertion)
            && (string.IsNullOrEmpty(context.Request.ClientId) || string.IsNullOrEmpty(context.Request.ClientSecret)))
            context.Reject(Errors.InvalidClient, "Introspection is only for clients that authenticate.");
        return default;
    }

    // The description says what is wrong; the library's error pages are meant for developers of a server.
    private static ValueTask WithoutErrorUri(BaseRequestContext context)
    {
        if (context.Transaction.Response is { } response) response.ErrorUri = null;
        return default;
    }

    // OpenID Connect Core §5.3.1: also by POST. With the token in the header a body, and so a content type, is not needed.
    private static ValueTask TakePostWithoutBody(ExtractUserInfoRequestContext context)
    {
        var request = context.Transaction.GetHttpRequest()!;
        if (HttpMethods.IsPost(request.Method)
            && (request.ContentLength is 0
            || request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }))
            request.ContentType = "application/x-www-form-urlencoded";
        return default;
    }

    // RFC 6749 §3.1 and §3.2: a parameter sent twice is an invalid request. If two components used different values, checks could be
    // bypassed.
    private static ValueTask RefuseRepeated(BaseValidatingContext context)
    {
        var http = context.Transaction.GetHttpRequest()!;
        var repeated = http.Query.Where(parameter => parameter.Value.Count > 1).Select(parameter => parameter.Key).FirstOrDefault()
            ?? (http.HasFormContentType
            ? http.Form.Where(parameter => parameter.Value.Count > 1).Select(parameter => parameter.Key).FirstOrDefault()
            : null);
        if (repeated is not null) context.Reject(Errors.InvalidRequest, "A parameter was sent more than once.");
        return default;
    }

    // RFC 7636 §4.2: the S256 challenge is a SHA-256 digest in base64url, 43 characters.
    private static ValueTask RefuseMalformedChallenge(ValidateAuthorizationRequestContext context)
    {
        if (context.Request.CodeChallenge is { Length: > 0 } challenge &&
            (challenge.Length != 43 || challenge.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))))
        {
            context.Reject(Errors.InvalidRequest, "The code_challenge is not a SHA-256 digest in base64url.");
        }

        return default;
    }

    // RFC 7636 §4.6: a verifier that does not match is invalid_grant, and so is a missing one.
    private static ValueTask RefuseMissingVerifier(ValidateTokenRequestContext context)
    {
        if (context.Request.IsAuthorizationCodeGrantType() && string.IsNullOrEmpty(context.Request.CodeVerifier) &&
            context.AuthorizationCodePrincipal?.HasClaim(Claims.Private.CodeChallenge) is true)
        {
            context.Reject(Errors.InvalidGrant, "The code_verifier is missing.");
        }

        return default;
    }

    // RFC 6749 §5.2: requesting too much is invalid_scope. OpenIddict returns invalid_grant, for which a client discards a valid token.
    private static ValueTask RefuseWiderScope(ValidateTokenRequestContext context)
    {
        if (context.RefreshTokenPrincipal is { } granted && !context.Request.GetScopes().All(granted.HasScope))
            context.Reject(Errors.InvalidScope, "A refresh can't get more scopes than were granted.");
        return default;
    }

    // RFC 6750 §3.1: the same parameter twice, or a token in more than one way, is an invalid request. A proxy in front may have checked
    // the other one.
    private static ValueTask RefuseSecondToken(ExtractUserInfoRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!;
        var inBody = http.HasFormContentType ? http.Form[Parameters.AccessToken] : default;
        var inHeader = http.Headers.Authorization.Count(value => value?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) is true);
        if (inBody.Count + inHeader > 1) context.Reject(Errors.InvalidRequest, "The access token was sent more than once.");
        return default;
    }

    // RFC 9700 §4.3.2: a query string ends up in logs and histories.
    private static ValueTask RefuseTokenInQuery(ExtractUserInfoRequestContext context)
    {
        if (context.Transaction.GetHttpRequest()!.Query.ContainsKey(Parameters.AccessToken))
            context.Reject(Errors.InvalidToken, "The access token must be sent in the Authorization header.");
        return default;
    }
}
