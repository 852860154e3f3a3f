using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Tokens;

/// <summary>A kind of codes that are redeemed once, and what it means that one comes twice.</summary>
/// <param name="ReplayEvent">The audit event about it.</param>
/// <param name="ReplayAdvice">The message for the person at the terminal.</param>
internal sealed record CodeKind(string ReplayEvent, string ReplayAdvice)
{
    public static readonly CodeKind Authorization =
        new(AuditEventType.CodeReplayed, "This code has been used before. Sign in again.");

    public static readonly CodeKind Device =
        new(AuditEventType.DeviceReplayed,
            "This device code has been used before, so a copy of it may be in use elsewhere. Sign in again.");
}
