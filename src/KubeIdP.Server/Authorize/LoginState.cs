using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.WebUtilities;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// The state of the login for one request. It is only in the browser that made the request (<see cref="LoginCookies"/>): the server stores
/// nothing for strangers. What must not be replayed is on the row of the person, guarded by <see cref="FirstProof.FactorEpoch"/>.
/// </summary>
internal sealed record LoginState
{
    /// <summary>The request, protected. It is in the address of each page as <c>?login=</c>, and in no cookie.</summary>
    public required string Id { get; init; }

    /// <summary>Distinguishes this login from others of the browser; hexadecimal.</summary>
    public string Key { get; init; } = "";

    /// <summary>
    /// The endpoint that started the login and decides the next step: the authorization endpoint, or <see cref="SignInEndpoint"/> for the
    /// pages of this server.
    /// </summary>
    public required string Endpoint { get; init; }

    /// <summary>The query string of the request to continue with, beginning with "?".</summary>
    public required string Query { get; init; }

    /// <summary>Null for a login to the pages of this server.</summary>
    public ClientId? ClientId { get; init; }

    /// <summary>The name of the client, as shown to the person; null for the pages of this server.</summary>
    public string? Destination { get; init; }

    /// <summary>
    /// The origin to which the code will be sent; null for the pages of this server. Chromium checks it against the form-action of every
    /// page of the login.
    /// </summary>
    public string? RedirectOrigin { get; init; }

    public string? LoginHint { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The upstream to which the browser has gone for the first proof; null when it is not away.</summary>
    public PendingRedirect? Redirect { get; init; }

    /// <summary>Null before the first proof.</summary>
    public FirstProof? FirstProof { get; init; }

    /// <summary>The name of the second factor's <see cref="Core.Factors.FactorKind"/>; null until it is proven.</summary>
    public string? ProvenFactor { get; init; }

    /// <summary>A factor shown to the person and not confirmed yet, with the enrolment code that allowed it.</summary>
    public PendingEnrolment? Enrolment { get; init; }

    /// <summary>The session that the person chose to continue with for this request.</summary>
    public SessionId? ContinuedSession { get; init; }

    /// <summary>
    /// The person who consented to share their data with the client. The consent is valid for this request only and is not stored.
    /// </summary>
    public PersonId? ConsentedBy { get; init; }

    /// <summary>Consent was refused; then this request can't succeed for anybody.</summary>
    public bool ConsentRefused { get; init; }

    /// <summary>The person wants to use another account than that of the session.</summary>
    public bool SwitchAccount { get; init; }

    /// <summary>Too many wrong factors were given in this login; the next first proof must not be one that an upstream remembers.</summary>
    public bool FactorsFailed { get; init; }

    /// <summary>
    /// The state before the first proof. What was proven and begun before counts no more: the next proof may be another person's.
    /// </summary>
    public LoginState StartedOver() => this with { FirstProof = null, ProvenFactor = null, Enrolment = null, Redirect = null };

    /// <summary>The state after a new first proof; everything else is as after <see cref="StartedOver"/>.</summary>
    public LoginState After(FirstProof proof) => StartedOver() with { FirstProof = proof };

    /// <summary>The languages that the client has requested; empty when it has not.</summary>
    public string Locales => Parameter(Languages.Parameter);

    /// <summary>
    /// Whether a sign-in that the upstream remembers is not enough: the client or the page requires a recent one (<c>prompt</c>,
    /// <c>max_age</c>), the person wants to use another account, or too many wrong factors were given.
    /// </summary>
    public bool MustProveAgain =>
        SwitchAccount || FactorsFailed || Parameter(Parameters.MaxAge).Length > 0
            || Parameter(Parameters.Prompt).Split(' ').Any(prompt => prompt is PromptValues.Login or PromptValues.SelectAccount);

    /// <summary>The address of a page of this login.</summary>
    public string AddressOf(string page) => $"~/{page}?{AuthorizeEndpoint.LoginParameter}={Id}";

    /// <summary>
    /// Where the browser goes after each step: back to the endpoint that decides the next step. "~" is the path of the issuer.
    /// </summary>
    public string ReturnUrl => $"~{Endpoint}?{AuthorizeEndpoint.LoginParameter}={Id}";

    private string Parameter(string name) => QueryHelpers.ParseQuery(Query).GetValueOrDefault(name).ToString();
}

/// <summary>A way of the browser to an upstream and back (<see cref="RedirectAttempt"/>), before it has come back.</summary>
/// <param name="State">What the upstream must bring back.</param>
/// <param name="Secret">What the connector checks the answer with (<see cref="RedirectStart.Redirect.Secret"/>).</param>
/// <param name="IsFresh">As it was asked for.</param>
internal sealed record PendingRedirect(ConnectorId Connector, string State, string Secret, bool IsFresh);

/// <summary>A factor that a person is setting up, before its first correct answer.</summary>
/// <param name="Kind">The name of its <see cref="Core.Factors.FactorKind"/>.</param>
/// <param name="State">The state of the enrolment, in a format of the kind.</param>
internal sealed record PendingFactor(string Kind, string State);

/// <param name="EnrolmentCodeHash">Null when none was needed, because enrolment is open.</param>
internal sealed record PendingEnrolment(PendingFactor Factor, byte[]? EnrolmentCodeHash);
