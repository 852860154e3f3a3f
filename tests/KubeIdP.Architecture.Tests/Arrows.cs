using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Extensions;

namespace KubeIdP.Architecture.Tests;

/// <summary>Which parts of the compiled code use which.</summary>
internal static class Arrows
{
    /// <param name="partOf">The part that a type belongs to; null for a type that is not looked at.</param>
    /// <returns>For each part those that it uses, each with an example.</returns>
    public static IReadOnlyDictionary<string, SortedDictionary<string, string>> Between(
        ArchUnitNET.Domain.Architecture compiled, Func<IType, string?> partOf)
    {
        var uses = new Dictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var type in compiled.Types)
        {
            if (partOf(type) is not { } part) continue;

            uses.TryAdd(part, new(StringComparer.Ordinal));
            foreach (var target in type.GetTypeDependencies(compiled))
            {
                if (partOf(target) is { } other && other != part) uses[part].TryAdd(other, $"{type.Name} uses {target.Name}");
            }
        }

        return uses;
    }
}
