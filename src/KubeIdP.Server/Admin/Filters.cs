using KubeIdP.Core.Naming;
using KubeIdP.Core.Network;
using Microsoft.AspNetCore.Http.Extensions;

namespace KubeIdP.Server.Admin;

/// <summary>The values of the filter form above a list.</summary>
internal static class Filters
{
    private const int MaxLength = 300;

    /// <summary>Null when nothing was entered. A text that is longer than any stored value is cut, so it matches nothing.</summary>
    public static string? Of(string? typed) => typed?.Trim() is { Length: > 0 } text ? OutsideText.Cut(text, MaxLength) : null;

    /// <summary>The entered address or network; null when none was entered or the text is invalid (<see cref="IsWrongAddress"/>).</summary>
    public static AddressRange? RangeOf(string? typed) => Of(typed) is { } text ? AddressRange.Parse(text) : null;

    /// <summary>Whether the entered text is not an address. Then the filter matches nothing, not everything.</summary>
    public static bool IsWrongAddress(string? typed) => Of(typed) is not null && RangeOf(typed) is null;

    /// <summary>The address of a list with these filters, without empty ones.</summary>
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
