using KubeIdP.Core.Naming;
using KubeIdP.Core.Network;
using Microsoft.AspNetCore.Http.Extensions;

namespace KubeIdP.Server.Admin;

/// <summary>What somebody typed into the form over a list.</summary>
internal static class Filters
{
    private const int MaxLength = 300;

    /// <summary>Null when nothing was typed. What is longer than anything that there is is cut, and so found nowhere.</summary>
    public static string? Of(string? typed) => typed?.Trim() is { Length: > 0 } text ? OutsideText.Cut(text, MaxLength) : null;

    /// <summary>The address or network that was typed; null when none was, or what was typed is none (<see cref="IsWrongAddress"/>).</summary>
    public static AddressRange? RangeOf(string? typed) => Of(typed) is { } text ? AddressRange.Parse(text) : null;

    /// <summary>Whether something was typed that is no address. Then nobody is meant, and not everybody.</summary>
    public static bool IsWrongAddress(string? typed) => Of(typed) is not null && RangeOf(typed) is null;

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
