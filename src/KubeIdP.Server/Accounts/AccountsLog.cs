namespace KubeIdP.Server.Accounts;

internal static partial class AccountsLog
{
    [LoggerMessage(1301, LogLevel.Information, "Added the local account {Subject}")]
    public static partial void PersonAdded(this ILogger logger, string subject);

    [LoggerMessage(1302, LogLevel.Information, "Rehashed the password of the local account {Subject} with the current iteration count")]
    public static partial void PasswordRehashed(this ILogger logger, string subject);

    [LoggerMessage(1303, LogLevel.Information, "{Subject} changed their password")]
    public static partial void PasswordChanged(this ILogger logger, string subject);
}
