using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Api;

/// <summary>A part of a list.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">The cursor by which the rest is asked for; null at the end.</param>
internal sealed record ApiPage<T>(IReadOnlyList<T> Items, string? Next)
{
    public static ApiPage<T> Of<TRow>(ListPage<TRow> page, Func<TRow, T> item) => new([.. page.Rows.Select(item)], page.Next);
}

internal static class ApiPage
{
    /// <summary>What a caller reads whose cursor is none of ours.</summary>
    public const string WrongCursor = "cursor takes what an earlier page said as next.";
}
