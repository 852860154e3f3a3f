namespace KubeIdP.Server.Login;

// No message has the typed user name as a parameter, because people sometimes type their password there by mistake.
internal static partial class LoginLog
{
    [LoggerMessage(1101, LogLevel.Information, "Accepted the password of {Subject} for {ClientId}")]
    public static partial void PasswordProven(this ILogger logger, string subject, string? clientId);

    [LoggerMessage(1102, LogLevel.Information, "Refused a login for {ClientId} from {Address}: {Reason}")]
    public static partial void LoginRefused(this ILogger logger, string? clientId, string? address, string reason);

    [LoggerMessage(1103, LogLevel.Warning, "Passwords can't be checked: {Detail}")]
    public static partial void PasswordsUncheckable(this ILogger logger, string detail);

    [LoggerMessage(1105, LogLevel.Warning,
        "Could not warm up the refusal of logins, so the first refusal will be slower than others; will retry: {Error}")]
    public static partial void NotWarmedUp(this ILogger logger, string error);
}
