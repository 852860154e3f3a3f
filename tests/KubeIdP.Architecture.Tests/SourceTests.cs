using System.Runtime.CompilerServices;
using Xunit;

namespace KubeIdP.Architecture.Tests;

/// <summary>The text of the source, as it is in the working copy that the tests were built from.</summary>
public sealed class SourceTests
{
    private const int MaxColumns = 140;

    private static readonly string[] Folders = ["src", "tests", "migrations", "deploy"];

    private static readonly string[] Extensions = [".cs", ".cshtml", ".css", ".sh"];

    /// <summary>The lines that can't be wrapped, by a text that only they have: a line break would be part of what is sent.</summary>
    private static readonly (string File, string Text)[] Exceptions =
    [
        // The icon in the page is one address.
        ("src/KubeIdP.Server/Web/_Layout.cshtml", "<link rel=\"icon\" href=\"data:image/svg+xml,"),
    ];

    /// <summary>
    /// A review and a comparison of two versions side by side show the whole line. The migrations themselves are generated.
    /// </summary>
    [Fact]
    public void No_line_is_longer_than_140_characters()
    {
        var files = Sources();
        var tooLong = files.SelectMany(file => File.ReadLines(file.Path)
            .Select((line, index) => (Line: line, Text: $"{file.Name}:{index + 1}: {line.Length} characters"))
            .Where(line => line.Line.Length > MaxColumns && !IsException(file.Name, line.Line))
            .Select(line => line.Text)).ToList();

        Assert.All(Extensions, extension => Assert.Contains(files, file => Path.GetExtension(file.Name) == extension));
        Assert.True(files.Count > 100, $"Only {files.Count} files were found.");
        Assert.True(tooLong is [], $"{tooLong.Count} lines are longer than {MaxColumns} characters:\n{string.Join('\n', tooLong)}");
    }

    private static bool IsException(string file, string line) =>
        Exceptions.Any(exception => exception.File == file && line.Contains(exception.Text, StringComparison.Ordinal));

    private static List<(string Path, string Name)> Sources()
    {
        var root = Path.GetFullPath("../..", Path.GetDirectoryName(ThisFile())!);
        return
        [
            .. from folder in Folders
            from path in Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)
            where Extensions.Contains(Path.GetExtension(path))
            let name = Path.GetRelativePath(root, path).Replace('\\', '/')
            where !name.Split('/').Any(part => part is "bin" or "obj" or "Migrations")
            orderby name
            select (path, name),
        ];
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
