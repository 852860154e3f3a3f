namespace KubeIdP.Server.Onboarding;

internal static partial class OnboardingLog
{
    [LoggerMessage(2601, LogLevel.Information, "{Subject} accepted an invitation and set a new password and second factor")]
    public static partial void InvitationAccepted(this ILogger logger, string subject);

    [LoggerMessage(2602, LogLevel.Information, "{Subject} is the first administrator")]
    public static partial void SetupCompleted(this ILogger logger, string subject);

    [LoggerMessage(2603, LogLevel.Warning, "There is no administrator yet. The setup link is in {File}, valid until {ExpiresAt:u}")]
    public static partial void SetupLinkWritten(this ILogger logger, string file, DateTimeOffset expiresAt);

    [LoggerMessage(2604, LogLevel.Warning,
        "There is no administrator yet. An earlier setup link is still valid; the command setup-link replaces it by a new one")]
    public static partial void SetupLinkStillValid(this ILogger logger);

    [LoggerMessage(2605, LogLevel.Warning,
        "There is no administrator yet, and the setup link could not be written to {File}: {Cause} The command setup-link creates one")]
    public static partial void SetupLinkNotWritten(this ILogger logger, string file, string cause);
}
