using KubeIdP.Server.Accounts;

namespace KubeIdP.Server.Administration;

/// <summary>
/// The value of a <see cref="PersonActArgument"/>, of the same kind. Whether it is allowed is decided when the act is done.
/// </summary>
internal abstract record PersonActValue
{
    private PersonActValue()
    {
    }

    /// <param name="All">The complete list; empty to remove all.</param>
    public sealed record Names(IReadOnlyList<string> All) : PersonActValue;

    /// <param name="Content">Null to remove it.</param>
    public sealed record Text(string? Content) : PersonActValue
    {
        /// <summary>Without the spaces around it; a text of spaces only removes it.</summary>
        public static Text Typed(string? typed) => new(NewAccount.TextOrNull(typed));
    }
}
