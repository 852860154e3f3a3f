namespace KubeIdP.Server.Admin;

/// <summary>The way through a list's pages, as addresses that begin with "~".</summary>
/// <param name="FirstPage">Null on the first page.</param>
/// <param name="Next">Null on the last page.</param>
internal sealed record Pager(string? FirstPage, string? Next);
