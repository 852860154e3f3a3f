namespace KubeIdP.Core.Naming;

/// <summary>Why a text is no user name.</summary>
/// <param name="Character">The one that doesn't belong there, by its number, such as <c>U+2163</c>.</param>
public readonly record struct UserNameFault(UserNameFaultKind Kind, string? Character = null);

public enum UserNameFaultKind
{
    Empty,

    /// <summary>Longer than <see cref="TokenName.MaxLength"/>.</summary>
    TooLong,

    /// <summary>It begins or ends with a space, or holds two in a row.</summary>
    Space,

    /// <summary>It holds a character that no user name may hold, or not at that place.</summary>
    Character,

    /// <summary>It begins with "system:", which Kubernetes reserves for itself.</summary>
    Reserved,

    /// <summary>It is read from both sides, so that its order on the screen says nothing (RFC 5893 §2).</summary>
    Direction,
}
