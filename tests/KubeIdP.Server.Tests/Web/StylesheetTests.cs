using System.Text.RegularExpressions;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Web;

/// <summary>What the tests in a real browser rest on.</summary>
public sealed partial class StylesheetTests
{
    [Fact]
    public void The_dark_scheme_changes_colours_alone()
    {
        var styles = File.ReadAllText(Repository.File("src/KubeIdP.Server/Web/kubeidp.css"));

        var dark = Assert.Single(DarkScheme().Matches(styles)).Groups["rules"].Value;
        Assert.Matches(@"^\s*:root \{\s*(--[a-z-]+: (#[0-9a-f]{6}|none);\s*)+\}\s*$", dark);

        // A colour that has a dark twin has a light one, and whatever else uses the scheme is unknown to the line above.
        var light = styles[..styles.IndexOf("@media", StringComparison.Ordinal)];
        Assert.All(Name().Matches(dark), name => Assert.Contains($"{name.Value}:", light, StringComparison.Ordinal));
        Assert.Single(Regex.Matches(styles, "prefers-color-scheme"));
    }

    [Fact]
    public void The_width_of_the_screen_neither_hides_nor_colours_anything()
    {
        var styles = File.ReadAllText(Repository.File("src/KubeIdP.Server/Web/kubeidp.css"));

        var rules = Widths().Matches(styles).Select(block => block.Groups["rules"].Value).ToList();
        Assert.NotEmpty(rules);
        Assert.All(rules,
            block => Assert.All(Property().Matches(block),
                property => Assert.Contains(property.Groups["name"].Value, (string[])["padding", "flex-direction", "align-items"])));

        // Whatever else asks for a width is unknown to the line above.
        Assert.Equal(rules.Count + 1, Regex.Count(styles, "@media"));
    }

    [GeneratedRegex(@"@media \((max|min)-width: [^)]+\) \{(?<rules>.*?\n)\}", RegexOptions.Singleline)]
    private static partial Regex Widths();

    [GeneratedRegex(@"(?<=[{;]\s*)(?<name>[a-z-]+):")]
    private static partial Regex Property();

    [GeneratedRegex(@"@media \(prefers-color-scheme: dark\) \{(?<rules>.*?\n)\}", RegexOptions.Singleline)]
    private static partial Regex DarkScheme();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Name();
}
