namespace KubeIdP.Server.Accounts;

internal static partial class AccountsLog
{
    [LoggerMessage(1301, LogLevel.Information, "Local account {Subject} added")]
    public static partial void PersonAdded(this ILogger logger, string subject);

    [LoggerMessage(1302, LogLevel.Information, "Password of local account {Subject} hashed again with the present cost")]
    public static partial void PasswordRehashed(this ILogger logger, string subject);

    [LoggerMessage(1303, LogLevel.Information, "{Subject} changed their password")]
    public static partial void PasswordChanged(this ILogger logger, string subject);
}
