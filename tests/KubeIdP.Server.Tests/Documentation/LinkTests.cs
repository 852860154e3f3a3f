using System.Text.RegularExpressions;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>Every relative link of every Markdown file of the repository leads to a file and, after a #, to a heading in it.</summary>
public sealed partial class LinkTests
{
    private static readonly string[] Folders = [".", "src", "deploy", "migrations", "tests"];

    [Fact]
    public void Every_link_leads_somewhere()
    {
        var (seen, broken) = Follow(Pages());

        Assert.True(broken.Count == 0, string.Join('\n', broken));
        Assert.True(seen > 100, $"Only {seen} links were found.");
    }

    [Theory]
    [InlineData("src/docs/README.md", true)]
    [InlineData("src/docs/README.md#documentation", true)]
    [InlineData("src/docs/README.md#no-such-heading", false)]
    [InlineData("#kubeidp", true)]
    [InlineData("#no-such-heading", false)]
    [InlineData("src/docs/no-such-page.md", false)]
    [InlineData("deploy", true)]
    public void A_file_and_a_heading_are_looked_for(string link, bool leads) =>
        Assert.Equal(leads, LeadsSomewhere(Repository.File("README.md"), link));

    [Fact]
    public void Every_page_of_the_documentation_is_in_its_index()
    {
        var index = File.ReadAllText(Repository.File("src/docs/README.md"));

        Assert.All(
            Directory.GetFiles(Repository.File("src/docs"), "*.md").Select(path => Path.GetFileName(path))
                .Where(name => name != "README.md"),
            page => Assert.Contains($"]({page})", index, StringComparison.Ordinal));
    }

    /// <summary>How many links pages have, and those that lead nowhere.</summary>
    internal static (int Seen, IReadOnlyList<string> Broken) Follow(IEnumerable<string> pages)
    {
        var links = (from page in pages
                     from Match link in Link().Matches(Code().Replace(File.ReadAllText(page), ""))
                     select (Page: page, To: link.Groups["to"].Value)).ToList();
        return (links.Count, [.. links.Where(link => !LeadsSomewhere(link.Page, link.To))
            .Select(link => $"{Path.GetRelativePath(Repository.File("."), link.Page)}: {link.To}")]);
    }

    private static IEnumerable<string> Pages() =>
        from folder in Folders
        let depth = folder == "." ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories
        from page in Directory.EnumerateFiles(Repository.File(folder), "*.md", depth)
        where !BuildOutput().IsMatch(page)
        select page;

    private static bool LeadsSomewhere(string page, string link)
    {
        var (file, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, null);
        var path = file is "" ? page : Path.Combine(Path.GetDirectoryName(page)!, file);
        return Path.Exists(path) && (anchor is null || AnchorsOf(path).Contains(anchor));
    }

    /// <summary>As forges write the anchor of a heading; a # within a block of code is none.</summary>
    private static IEnumerable<string> AnchorsOf(string page) =>
        Heading().Matches(Block().Replace(File.ReadAllText(page), "")).Select(heading => AnchorOf(heading.Groups["text"].Value));

    private static string AnchorOf(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant()
            .Where(character => char.IsLetterOrDigit(character) || character is ' ' or '-' or '_'))
            .Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<to>(?![a-z]+:)[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^ *```.*?^ *```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"/(bin|obj|node_modules)/")]
    private static partial Regex BuildOutput();
}
