using KubeIdP.Core.Identifiers;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Authorize;

/// <summary>The page "Share with wiki?": shows which data the client will get, and asks the person for consent.</summary>
internal sealed class ConsentModel(LoginCookies logins, SessionCookie cookie, ClientCatalog clients, TimeProvider clock)
    : LoginStepModel(logins)
{
    private (PersonId Id, string Name) person;

    public string Username => person.Name;

    /// <summary>The data that <see cref="Tokens.TokenClaims"/> issues, one line for each scope.</summary>
    public IReadOnlyList<string> Data { get; private set; } = [];

    public IActionResult OnPost() => GoOn(State with { ConsentedBy = person.Id });

    public IActionResult OnPostRefuse() => GoOn(State with { ConsentRefused = true });

    // When the client is no longer configured, or nobody is signed in, the dispatcher decides what to show.
    protected override async Task<IActionResult?> InsteadAsync(CancellationToken ct)
    {
        if (clients.Find(State.ClientId) is not { } client || await FindPersonAsync(ct) is not { } found) return GoOn();

        person = found;
        Data = DataOf(client, QueryHelpers.ParseQuery(State.Query).GetValueOrDefault(Parameters.Scope).ToString().Split(' '));
        return null;
    }

    private async Task<(PersonId Id, string Name)?> FindPersonAsync(CancellationToken ct)
    {
        if (State is { FirstProof: { } proof, ProvenFactor: not null } && proof.CountsAt(clock.GetUtcNow()))
            return (proof.PersonId, proof.Username);

        return await cookie.FindAsync(HttpContext, ct) is { } session ? (session.PersonId, session.Username) : null;
    }

    private static IReadOnlyList<string> DataOf(Client client, string[] scopes)
    {
        (string Scope, string Words)[] all =
        [
            (Scopes.Profile, Texts.ScopeProfile), (Scopes.Email, Texts.ScopeEmail), (IssuerScopes.Groups, Texts.ScopeGroups),
            (Scopes.OfflineAccess, Texts.ScopeOfflineAccess),
        ];
        return [Texts.ScopeOpenId, .. all.Where(item => client.GetsEverything || scopes.Contains(item.Scope)).Select(item => item.Words)];
    }
}
