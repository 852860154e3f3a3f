using System.Text.RegularExpressions;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>
/// What users read: the README, then every page of src/docs by name. A page that is added is read, run and checked like the others.
/// </summary>
internal static class Guides
{
    public static IReadOnlyList<Guide> All { get; } = [.. new[] { "README.md" }.Concat(Pages()).Select(Read)];

    public static Guide Readme => All[0];

    /// <summary>A page whose commands change the machine.</summary>
    public const string OnLinux = "src/docs/install-linux.md";

    /// <summary>Without the pages whose commands and examples have tests of their own, because their reader works elsewhere.</summary>
    public static IEnumerable<Guide> OnThisMachine => All.Where(page => page.Path is not (InstallKubernetesPageTests.Page or OnLinux));

    /// <summary>What stands between two fences of this kind, on any of these pages.</summary>
    public static IEnumerable<string> Blocks(string kind) => OnThisMachine.SelectMany(page => page.Blocks(kind));

    /// <summary>The one example of a configuration that has this in it.</summary>
    public static string Example(string part) => Blocks("yaml").Single(block => block.Contains(part, StringComparison.Ordinal));

    /// <summary>A cell of the table of how to trust the certificate.</summary>
    public static string HowToTrustOn(string system) =>
        All.Select(page => Regex.Match(page.Text, $@"^\| {Regex.Escape(system)} \| `([^`]+)`", RegexOptions.Multiline))
            .Single(row => row.Success).Groups[1].Value;

    private static IEnumerable<string> Pages() =>
        Directory.GetFiles(Repository.File("src/docs"), "*.md")
            .Select(page => $"src/docs/{Path.GetFileName(page)}")
            .Order(StringComparer.Ordinal);

    private static Guide Read(string path) => new(path, File.ReadAllText(Repository.File(path)));
}
