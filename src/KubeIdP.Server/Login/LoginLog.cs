namespace KubeIdP.Server.Login;

// No message has the typed user name as a parameter, because people sometimes type their password there by mistake.
internal static partial class LoginLog
{
    [LoggerMessage(1101, LogLevel.Information, "Accepted the first proof of {Subject} by {Upstream} for {ClientId}")]
    public static partial void FirstProofAccepted(this ILogger logger, string subject, string upstream, string? clientId);

    [LoggerMessage(1102, LogLevel.Information, "Refused a login for {ClientId} from {Address}: {Reason}")]
    public static partial void LoginRefused(this ILogger logger, string? clientId, string? address, string reason);

    [LoggerMessage(1103, LogLevel.Warning, "A first proof can't be checked: {Detail}")]
    public static partial void FirstProofUncheckable(this ILogger logger, string detail);

    [LoggerMessage(1105, LogLevel.Warning,
        "Could not warm up the refusal of logins, so the first refusal will be slower than others; will retry: {Error}")]
    public static partial void NotWarmedUp(this ILogger logger, string error);

    // Without the parameters: an answer that belongs to no login may be anybody's.
    [LoggerMessage(1106, LogLevel.Information, "A response of upstream {Upstream} was refused: no login in this browser waits for it")]
    public static partial void AnswerWithoutLogin(this ILogger logger, string upstream);

    [LoggerMessage(1107, LogLevel.Warning,
        "The authorization request of {ClientId} is too long for a login with {Upstream}, because it must fit into a cookie")]
    public static partial void RequestTooLongForUpstream(this ILogger logger, string? clientId, string upstream);
}
