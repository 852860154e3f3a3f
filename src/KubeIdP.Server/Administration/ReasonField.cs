using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Administration;

/// <summary>The field for the reason of an administrator.</summary>
/// <param name="Typed">The entered text.</param>
/// <param name="Missing">Whether the form was sent without a valid reason.</param>
internal sealed record ReasonField(string? Typed, bool Missing)
{
    /// <summary>Whether to show the reason to the person; null for acts that end no sessions.</summary>
    public bool? Tell { get; init; }

    /// <inheritdoc cref="ReasonText.MaxLength"/>
    public const int MaxLength = ReasonText.MaxLength;

    /// <inheritdoc cref="ReasonText.Of"/>
    public static string? Of(string? typed) => ReasonText.Of(typed);
}
