namespace KubeIdP.Core.Naming;

/// <summary>The reason of an administrator for what they do, for the audit log.</summary>
public static class ReasonText
{
    /// <summary>In characters.</summary>
    public const int MaxLength = 500;

    /// <summary>The reason to record; null when it is empty, too long, or not a single line.</summary>
    public static string? Of(string? typed) =>
        typed?.Trim() is { Length: > 0 and <= MaxLength } reason && OutsideText.HiddenIn(reason) is null ? reason : null;
}
