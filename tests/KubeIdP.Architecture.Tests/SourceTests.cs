using System.Runtime.CompilerServices;
using Xunit;

namespace KubeIdP.Architecture.Tests;

/// <summary>The text of the source, as it is in the working copy that the tests were built from.</summary>
public sealed class SourceTests
{
    private const int MaxColumns = 140;

    /// <summary>
    /// A review and a comparison of two versions side by side show the whole line. The migrations themselves are generated.
    /// </summary>
    [Fact]
    public void No_line_is_longer_than_140_characters()
    {
        var files = Sources();
        var tooLong = files.SelectMany(file => File.ReadLines(file.Path)
            .Select((line, index) => (line.Length, Text: $"{file.Name}:{index + 1}: {line.Length} characters"))
            .Where(line => line.Length > MaxColumns)
            .Select(line => line.Text)).ToList();

        Assert.True(files.Count > 100, $"Only {files.Count} files were found.");
        Assert.True(tooLong is [], $"{tooLong.Count} lines are longer than {MaxColumns} characters:\n{string.Join('\n', tooLong)}");
    }

    private static List<(string Path, string Name)> Sources()
    {
        var root = Path.GetFullPath("../..", Path.GetDirectoryName(ThisFile())!);
        return
        [
            .. from folder in (string[])["src", "tests", "migrations"]
            from path in Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)
            let name = Path.GetRelativePath(root, path).Replace('\\', '/')
            where !name.Split('/').Any(part => part is "bin" or "obj" or "Migrations")
            orderby name
            select (path, name),
        ];
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
