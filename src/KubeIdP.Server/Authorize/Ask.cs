using KubeIdP.Core.Factors;
using KubeIdP.Server.Clients;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Authorize;

/// <summary>What an authorization request demands of the person (OpenID Connect Core §3.1.2.1).</summary>
/// <param name="Silent"><c>prompt=none</c>: no page may be shown.</param>
/// <param name="ForceLogin"><c>prompt=login</c> or <c>select_account</c>: a session that is there does not count.</param>
/// <param name="MustAgree">A page asks before a session that is there is used: for public clients always.</param>
/// <param name="MustConsent">
/// A page says what the client will know and asks whether it may: where the configuration wants it, and on <c>prompt=consent</c>.
/// </param>
/// <param name="MaxAge">How long ago the person may have signed in; null: any time in the session.</param>
/// <param name="Subject">The person that the <c>id_token_hint</c> names; null: anybody.</param>
internal sealed record Ask(bool Silent, bool ForceLogin, bool MustAgree, bool MustConsent, TimeSpan? MaxAge, string? Subject)
{
    /// <summary>
    /// Those of <c>acr_values</c> that a session can have here, any of which will do; empty: the client asks for none, or for none that
    /// there is.
    /// </summary>
    public IReadOnlyList<string> Acr { get; init; } = [];

    public static Ask Of(OpenIddictRequest request, Client client, string? hintedSubject) => new(
        request.HasPromptValue(PromptValues.None),
        request.HasPromptValue(PromptValues.Login) || request.HasPromptValue(PromptValues.SelectAccount),
        client.IsPublic,
        client.Options.Consent || request.HasPromptValue(PromptValues.Consent),
        request.MaxAge is { } seconds and >= 0 ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) : null,
        hintedSubject)
    {
        // OpenID Connect Core §3.1.2.1: a wish. What nobody can have here is no reason to refuse.
        Acr = [.. request.GetAcrValues().Where(AuthenticationMethods.SupportedAcr.Contains)],
    };
}
