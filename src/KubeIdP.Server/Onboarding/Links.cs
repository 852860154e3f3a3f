using KubeIdP.Server.Shared;

namespace KubeIdP.Server.Onboarding;

/// <summary>The links that are handed out, and what somebody sees whose link is no longer good.</summary>
internal static class Links
{
    /// <summary>A token is shorter; what is longer was never one of ours.</summary>
    private const int MaxTokenLength = 64;

    // Used, replaced, out of date, never made, barred: a stranger who tries links learns nothing from the answer.
    public static MessagePage InvitationDead { get; } = new(
        StatusCodes.Status410Gone,
        "This link is no longer good",
        "An invitation link works once, and for 24 hours. This one was used or replaced, or its time is over.",
        "Ask your administrator for a new one. If you have chosen your password and set up your app already, you are done: sign in.");

    public static MessagePage SetupDead { get; } = new(
        StatusCodes.Status410Gone,
        "This link is no longer good",
        "A setup link works once, for an hour, and only while there is no administrator.",
        "On the server, “kubeidp setup-link” makes a new one, or says that there is an administrator.");

    public static MessagePage StartAgain { get; } = new(
        StatusCodes.Status400BadRequest,
        "Please start again",
        "This form has expired, was begun in another browser, or had too many wrong codes. Nothing has been changed.",
        "Open your link again.");

    public static string InvitationUrl(Settings settings, string token) => $"{settings.Issuer}/invitation?token={token}";

    public static string SetupUrl(Settings settings, string token) => $"{settings.Issuer}/setup?token={token}";

    /// <summary>What the database knows of the link that was opened; null when there is nothing to look for.</summary>
    public static byte[]? HashOf(HttpRequest request) =>
        request.Query["token"] is [{ Length: > 0 and <= MaxTokenLength } token] ? Directories.LinkToken.Hash(token) : null;
}
