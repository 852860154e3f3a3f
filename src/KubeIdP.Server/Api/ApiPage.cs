using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Api;

/// <summary>A page of a list.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">The cursor of the next page; null on the last page.</param>
internal sealed record ApiPage<T>(IReadOnlyList<T> Items, string? Next)
{
    public static ApiPage<T> Of<TRow>(ListPage<TRow> page, Func<TRow, T> item) => new([.. page.Rows.Select(item)], page.Next);
}

internal static class ApiPage
{
    /// <summary>The error for an invalid cursor.</summary>
    public const string WrongCursor = "cursor takes the value of next from an earlier page.";
}
