using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Administration;

/// <summary>The field in which an administrator says why.</summary>
/// <param name="Typed">What stands in it.</param>
/// <param name="Missing">Whether the form came without a reason that could be recorded.</param>
internal sealed record ReasonField(string? Typed, bool Missing)
{
    /// <summary>Whether to tell the person, where sessions end by it and so there is somebody to tell; null where not.</summary>
    public bool? Tell { get; init; }

    /// <summary>In characters.</summary>
    public const int MaxLength = 500;

    /// <summary>What is recorded; null when nothing is left to record, or it is no single line.</summary>
    public static string? Of(string? typed) => typed?.Trim() is { Length: > 0 and <= MaxLength } reason && OutsideText.HiddenIn(reason) is null ? reason : null;
}
