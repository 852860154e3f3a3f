using System.Collections.Immutable;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Clients;

/// <summary>The scopes that a client may request besides <c>openid</c>.</summary>
internal static class IssuerScopes
{
    public const string Groups = "groups";

    public static readonly ImmutableArray<string> All = [Scopes.Profile, Scopes.Email, Groups, Scopes.OfflineAccess];
}
