namespace KubeIdP.Server.Admin;

/// <summary>The links between the pages of a list, as addresses that begin with "~".</summary>
/// <param name="FirstPage">Null on the first page.</param>
/// <param name="Next">Null on the last page.</param>
internal sealed record Pager(string? FirstPage, string? Next);
