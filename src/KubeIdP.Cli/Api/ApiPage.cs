namespace KubeIdP.Cli.Api;

/// <summary>A page of a list.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">The cursor of the next page; null on the last page.</param>
internal sealed record ApiPage<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>For a list over several pages.</summary>
    internal (IReadOnlyList<T> Rows, string? Next) Parts => (Items, Next);
}
