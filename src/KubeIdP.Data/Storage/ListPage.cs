namespace KubeIdP.Data.Storage;

/// <summary>A page of a list.</summary>
/// <param name="Next">The cursor of the page after this one; null when this is the last.</param>
public sealed record ListPage<T>(IReadOnlyList<T> Rows, string? Next);

internal static class ListPage
{
    /// <summary>A page of rows that were read with one more than the page holds, which shows that there is a next page.</summary>
    /// <param name="rows">As read.</param>
    /// <param name="size">How many a page holds.</param>
    /// <param name="cursor">Of the last row of the page.</param>
    public static ListPage<T> Of<T>(IReadOnlyList<T> rows, int size, Func<T, string> cursor) =>
        rows.Count <= size ? new ListPage<T>(rows, Next: null) : new ListPage<T>([.. rows.Take(size)], cursor(rows[size - 1]));
}
