using KubeIdP.Core.Naming;
using Microsoft.AspNetCore.Http.Extensions;

namespace KubeIdP.Server.Admin;

/// <summary>What somebody typed into the form over a list.</summary>
internal static class Filters
{
    private const int MaxLength = 300;

    /// <summary>Null when nothing was typed. What is longer than anything that there is is cut, and so found nowhere.</summary>
    public static string? Of(string? typed) => typed?.Trim() is { Length: > 0 } text ? OutsideText.Cut(text, MaxLength) : null;

    /// <summary>The address of a list with these filters, without those that are empty.</summary>
    public static string AddressOf(string path, params ReadOnlySpan<(string Name, string? Value)> filters)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in filters)
        {
            if (Of(value) is { } text) query.Add(name, text);
        }

        return $"~{path}{query}";
    }
}
