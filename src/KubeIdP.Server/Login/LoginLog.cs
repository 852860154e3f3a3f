namespace KubeIdP.Server.Login;

// No user name is a parameter: what people type there by mistake is their password.
internal static partial class LoginLog
{
    [LoggerMessage(1101, LogLevel.Information, "Password of {Subject} proven for {ClientId}")]
    public static partial void PasswordProven(this ILogger logger, string subject, string? clientId);

    [LoggerMessage(1102, LogLevel.Information, "Login for {ClientId} from {Address} refused: {Reason}")]
    public static partial void LoginRefused(this ILogger logger, string? clientId, string? address, string reason);

    [LoggerMessage(1103, LogLevel.Warning, "Passwords can't be checked: {Detail}")]
    public static partial void PasswordsUncheckable(this ILogger logger, string detail);

    [LoggerMessage(1105, LogLevel.Warning, "The first refusal of a login will be slower than others, and this is tried again: {Trouble}")]
    public static partial void NotWarmedUp(this ILogger logger, string trouble);
}
