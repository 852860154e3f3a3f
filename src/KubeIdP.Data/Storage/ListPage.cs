namespace KubeIdP.Data.Storage;

/// <summary>A page of a list.</summary>
/// <param name="Next">The cursor of the page after this one; null when this is the last.</param>
public sealed record ListPage<T>(IReadOnlyList<T> Rows, string? Next);
