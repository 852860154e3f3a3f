using KubeIdP.Server.Configuration;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Onboarding;

/// <summary>Invitation and setup links, and the page for an invalid link.</summary>
internal static class Links
{
    /// <summary>Tokens are shorter; anything longer is not a token of this server.</summary>
    private const int MaxTokenLength = 64;

    // The same page for used, replaced, expired, unknown and blocked links, so that a stranger who tries links learns nothing.
    public static MessagePage InvitationDead =>
        new(StatusCodes.Status410Gone, Texts.LinkDead, Texts.InvitationDeadWhat, Texts.InvitationDeadNext);

    public static MessagePage SetupDead => new(StatusCodes.Status410Gone, Texts.LinkDead, Texts.SetupDeadWhat, Texts.SetupDeadNext);

    public static MessagePage StartAgain =>
        new(StatusCodes.Status400BadRequest, Texts.StartAgainTitle, Texts.StartAgainWhat, Texts.StartAgainNext);

    public static string InvitationUrl(IssuerUrl issuer, string token) => $"{issuer}/invitation?token={token}";

    public static string SetupUrl(IssuerUrl issuer, string token) => $"{issuer}/setup?token={token}";

    /// <summary>The hash of the token of the opened link; null when the token is missing or too long.</summary>
    public static byte[]? HashOf(HttpRequest request) =>
        request.Query["token"] is [{ Length: > 0 and <= MaxTokenLength } token] ? Accounts.LinkToken.Hash(token) : null;
}
