using KubeIdP.Server.Configuration;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Onboarding;

/// <summary>The links that are handed out, and what somebody sees whose link is no longer good.</summary>
internal static class Links
{
    /// <summary>A token is shorter; what is longer was never one of ours.</summary>
    private const int MaxTokenLength = 64;

    // Used, replaced, out of date, never made, barred: a stranger who tries links learns nothing from the answer.
    public static MessagePage InvitationDead => new(StatusCodes.Status410Gone, Texts.LinkDead, Texts.InvitationDeadWhat, Texts.InvitationDeadNext);

    public static MessagePage SetupDead => new(StatusCodes.Status410Gone, Texts.LinkDead, Texts.SetupDeadWhat, Texts.SetupDeadNext);

    public static MessagePage StartAgain => new(StatusCodes.Status400BadRequest, Texts.StartAgainTitle, Texts.StartAgainWhat, Texts.StartAgainNext);

    public static string InvitationUrl(IssuerUrl issuer, string token) => $"{issuer}/invitation?token={token}";

    public static string SetupUrl(IssuerUrl issuer, string token) => $"{issuer}/setup?token={token}";

    /// <summary>What the database knows of the link that was opened; null when there is nothing to look for.</summary>
    public static byte[]? HashOf(HttpRequest request) =>
        request.Query["token"] is [{ Length: > 0 and <= MaxTokenLength } token] ? Accounts.LinkToken.Hash(token) : null;
}
