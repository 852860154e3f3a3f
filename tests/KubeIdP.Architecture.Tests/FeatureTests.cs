using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Extensions;
using ArchUnitNET.Loader;
using KubeIdP.Server;
using Xunit;

namespace KubeIdP.Architecture.Tests;

/// <summary>
/// The features of the server, which are the folders of KubeIdP.Server, as the code has them: without cycles, and as the map says
/// (src/README.md). The compiled code shows every use but that of a constant, which the compiler copies; the source shows that by its
/// using. What lies beside the folders (<c>Program</c>, <c>Settings</c>) puts them together: it is none, and only the command
/// line may use it.
/// </summary>
public sealed partial class FeatureTests
{
    private const string Root = "KubeIdP.Server.";

    private static readonly ArchUnitNET.Domain.Architecture Compiled = new ArchLoader().LoadAssemblies(typeof(Settings).Assembly).Build();

    /// <summary>For each feature those that it uses, each with an example.</summary>
    private static readonly IReadOnlyDictionary<string, SortedDictionary<string, string>> Uses =
        WithUsings(Arrows.Between(Compiled, FeatureOf));

    // This shows that the loader sees arrows at all.
    [Fact]
    public void The_loader_sees_the_arrows_of_a_feature()
    {
        Assert.True(Uses.Count > 30, $"{Uses.Count} features");
        Assert.Contains("Authorize", Uses["Login"].Keys);
        Assert.Contains("Web", Uses["Admin"].Keys);
    }

    [Fact]
    public void No_feature_depends_on_itself_by_way_of_others()
    {
        var cycles = Cycles.In(Uses);

        Assert.True(cycles is [], string.Join('\n', cycles));
    }

    [Fact]
    public void The_map_has_the_arrows_of_the_code_and_no_others()
    {
        var rows = RowOfTheMap().Matches(Map()).ToDictionary(row => row.Groups["feature"].Value, row => row.Groups["uses"].Value);
        var wrong = Uses.Keys.Union(rows.Keys).Order(StringComparer.Ordinal)
            .Select(feature => (Feature: feature, Wanted: UsesOf(feature), There: rows.GetValueOrDefault(feature)))
            .Where(row => row.Wanted != row.There)
            .Select(row => row.Wanted is null
            ? $"no row for {row.Feature}: there is no such feature"
            : $"| `{row.Feature}` | … | {row.Wanted} |").ToList();

        Assert.True(wrong is [], $"In src/README.md write:\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void The_drawing_of_the_map_has_arrows_of_the_code_alone()
    {
        var drawn =
            from line in ArrowOfTheDrawing().Matches(Map())
            from feature in line.Groups["from"].Value.Split(" & ")
            from used in line.Groups["to"].Value.Split(" & ")
            where Uses.ContainsKey(feature)
            select (feature, used);
        var wrong = drawn.Where(arrow => !Uses[arrow.feature].ContainsKey(arrow.used)).ToList();

        Assert.NotEmpty(drawn);
        Assert.True(wrong is [], string.Join('\n', wrong));
    }

    // A feature that took the whole configuration would depend on the options of all others, and so on the features themselves.
    [Fact]
    public void Only_the_command_line_uses_what_puts_the_features_together()
    {
        var users = UsersOfTheRoot(feature => feature != "Commands");

        Assert.True(users is [], $"Take the options that are meant (SettingsSetup registers them) instead:\n{string.Join('\n', users)}");
        Assert.NotEmpty(UsersOfTheRoot(feature => feature == "Commands"));
    }

    private static List<string> UsersOfTheRoot(Func<string, bool> meant) =>
    [
        .. from type in Compiled.Types
           where FeatureOf(type) is { } feature && meant(feature)
           from target in type.GetTypeDependencies(Compiled)
           where IsBesideTheFeatures(target)
           select $"{type.FullName} uses {target.Name}",
    ];

    private static string? UsesOf(string feature) =>
        Uses.TryGetValue(feature, out var uses) ? uses.Count == 0 ? "none" : string.Join(", ", uses.Keys) : null;

    /// <summary>Null outside of the features.</summary>
    private static string? FeatureOf(IType type)
    {
        var name = type.FullName.Split('+', '<', '`')[0];
        return name.StartsWith(Root, StringComparison.Ordinal) && name[Root.Length..].Split('.') is [var feature, _, ..] ? feature : null;
    }

    private static bool IsBesideTheFeatures(IType type) =>
        type.FullName.StartsWith(Root, StringComparison.Ordinal) && FeatureOf(type) is null;

    private static IReadOnlyDictionary<string, SortedDictionary<string, string>> WithUsings(
        IReadOnlyDictionary<string, SortedDictionary<string, string>> compiled)
    {
        var source = Path.Combine(Repository(), "src/KubeIdP.Server");
        foreach (var (feature, uses) in compiled)
        {
            foreach (var path in Directory.EnumerateFiles(Path.Combine(source, feature), "*.cs*", SearchOption.AllDirectories))
            {
                foreach (Match found in Using().Matches(File.ReadAllText(path)))
                {
                    var used = found.Groups["feature"].Value;
                    if (used != feature && compiled.ContainsKey(used)) uses.TryAdd(used, Path.GetRelativePath(source, path));
                }
            }
        }

        return compiled;
    }

    private static string Map() => File.ReadAllText(Path.Combine(Repository(), "src/README.md"));

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "KubeIdP.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"^@?using (static )?(\w+ = )?KubeIdP\.Server\.(?<feature>\w+)", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"^    (?<from>[A-Z]\w+( & [A-Z]\w+)*) --> (?<to>[A-Z]\w+( & [A-Z]\w+)*)$", RegexOptions.Multiline)]
    private static partial Regex ArrowOfTheDrawing();

    [GeneratedRegex(@"^\| `(?<feature>[A-Z]\w+)` \| [^|]+ \| (?<uses>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex RowOfTheMap();
}
