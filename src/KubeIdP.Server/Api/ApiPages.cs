using KubeIdP.Cli.Api;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Api;

/// <summary>Pages of rows as pages of the API's records.</summary>
internal static class ApiPages
{
    /// <summary>The error for an invalid cursor.</summary>
    public const string WrongCursor = "cursor takes the value of next from an earlier page.";

    public static ApiPage<T> Of<TRow, T>(ListPage<TRow> page, Func<TRow, T> item) => new([.. page.Rows.Select(item)], page.Next);
}
