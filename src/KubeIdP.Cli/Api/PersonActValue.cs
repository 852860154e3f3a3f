namespace KubeIdP.Cli.Api;

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

    /// <param name="Content">Without spaces around it; null to remove it.</param>
    public sealed record Text(string? Content) : PersonActValue;
}
