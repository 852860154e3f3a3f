using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Administration;

/// <summary>The field for the reason of an administrator.</summary>
/// <param name="Typed">The entered text.</param>
/// <param name="Missing">Whether the form was sent without a valid reason.</param>
internal sealed record ReasonField(string? Typed, bool Missing)
{
    /// <summary>Whether to show the reason to the person; null for acts that end no sessions.</summary>
    public bool? Tell { get; init; }

    /// <summary>In characters.</summary>
    public const int MaxLength = 500;

    /// <summary>The reason to record; null when it is empty, too long, or not a single line.</summary>
    public static string? Of(string? typed) =>
        typed?.Trim() is { Length: > 0 and <= MaxLength } reason && OutsideText.HiddenIn(reason) is null ? reason : null;
}
