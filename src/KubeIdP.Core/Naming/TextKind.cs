namespace KubeIdP.Core.Naming;

/// <summary>What a text from outside is for, which decides what it may hold (<see cref="OutsideText"/>).</summary>
public enum TextKind
{
    /// <summary>One line that somebody reads again or compares: a reason, a name, a filter.</summary>
    Line,

    /// <summary>Several of them, each on a line of its own.</summary>
    Lines,

    /// <summary>
    /// Neither stored nor shown as it is: a password, of which a hash is kept; a code, of which its digits and letters count; a name that
    /// is read as such before anything is done with it.
    /// </summary>
    Opaque,
}

/// <summary>
/// Says of a field of a form, a query or a body that it is no <see cref="TextKind.Line"/>, which every field is that doesn't say so.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class TextAttribute(TextKind kind) : Attribute
{
    public TextKind Kind => kind;
}
