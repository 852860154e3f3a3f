using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Clients;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Authorize;

/// <summary>What an authorization request requires of the person (OpenID Connect Core §3.1.2.1).</summary>
/// <param name="Silent"><c>prompt=none</c>: no page may be shown.</param>
/// <param name="ForceLogin"><c>prompt=login</c> or <c>select_account</c>: an existing session is not used.</param>
/// <param name="MustAgree">
/// A page asks before an existing session is used: any program on the person's machine can begin the login of a public client there (RFC
/// 8252 §8.6). Not for an application in the browser whose code goes to its https address, which no other program receives.
/// </param>
/// <param name="MustConsent">
/// A page shows which data the client will get and asks for consent: when the configuration requires it, and on <c>prompt=consent</c>.
/// </param>
/// <param name="MaxAge">How long ago the person may have signed in; null: any time in the session.</param>
/// <param name="Subject">The person that the <c>id_token_hint</c> names; null: anybody.</param>
internal sealed record Ask(bool Silent, bool ForceLogin, bool MustAgree, bool MustConsent, TimeSpan? MaxAge, PersonId? Subject)
{
    /// <summary>
    /// The <c>acr_values</c> that sessions of this server can have; any one of them is enough. Empty when the client requests none, or only
    /// unknown ones.
    /// </summary>
    public IReadOnlyList<string> Acr { get; init; } = [];

    public static Ask Of(OpenIddictRequest request, Client client, PersonId? hintedSubject) => new(
        request.HasPromptValue(PromptValues.None),
        request.HasPromptValue(PromptValues.Login) || request.HasPromptValue(PromptValues.SelectAccount),
        client.IsPublic && !IsForPageAlone(client, request),
        client.Application?.Consent is true || request.HasPromptValue(PromptValues.Consent),
        request.MaxAge is { } seconds and >= 0 ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) : null,
        hintedSubject)
    {
        // OpenID Connect Core §3.1.2.1: acr_values is voluntary, so unknown values are ignored, not refused.
        Acr = [.. request.GetAcrValues().Where(AuthenticationMethods.SupportedAcr.Contains)],
    };

    /// <summary>
    /// Whether the code can only reach the application's own pages (decision 0029). On the person's machine any program can listen.
    /// </summary>
    private static bool IsForPageAlone(Client client, OpenIddictRequest request) =>
        client.Kind is ClientKind.Spa && Uri.TryCreate(request.RedirectUri, UriKind.Absolute, out var address)
            && address is { Scheme: "https", IsLoopback: false };
}
