namespace KubeIdP.Server.Factors;

internal static partial class FactorsLog
{
    [LoggerMessage(1201, LogLevel.Information, "Accepted the second factor of {Subject}")]
    public static partial void FactorProven(this ILogger logger, string subject);

    [LoggerMessage(1202, LogLevel.Information,
        "Refused the second factor of {Subject}: {Reason}, failed attempt {Attempts} since the last success")]
    public static partial void FactorRefused(this ILogger logger, string subject, string reason, int attempts);

    [LoggerMessage(1203, LogLevel.Information, "{Subject} set up the factor {FactorId}")]
    public static partial void FactorEnrolled(this ILogger logger, string subject, string factorId);

    [LoggerMessage(
        1204, LogLevel.Warning, "The second factor of {Subject} is blocked after too many wrong codes, until an administrator resets it")]
    public static partial void FactorBarred(this ILogger logger, string subject);

    [LoggerMessage(1205, LogLevel.Warning, "{Subject} signed in with a recovery code; {Left} are left")]
    public static partial void RecoveryCodeUsed(this ILogger logger, string subject, int left);
}
