using System.Text.RegularExpressions;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>A page, and what stands in its fences.</summary>
internal sealed partial record Guide(string Path, string Text)
{
    /// <summary>Every command of the page in its order, each with the lines that continue it.</summary>
    public IEnumerable<string> Commands => Blocks("sh").SelectMany(Lines);

    /// <summary>What stands between two fences of this kind.</summary>
    public IEnumerable<string> Blocks(string kind) =>
        AllBlocks.Where(block => block.Kind == kind).Select(block => block.Text);

    /// <summary>What stands between any two fences, in its order.</summary>
    public IEnumerable<(string Kind, string Text)> AllBlocks =>
        Fence().Matches(Text).Select(block => (block.Groups["kind"].Value, block.Groups["text"].Value));

    public override string ToString() => Path;

    public static IEnumerable<string> Lines(string block) =>
        block.Replace("\\\n", "\\\r", StringComparison.Ordinal).Split('\n').Select(line => line.Replace('\r', '\n'));

    [GeneratedRegex(@"^```(?<kind>\w*)\n(?<text>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
