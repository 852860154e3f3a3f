using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Server.Commands;

/// <summary>Prints the version and the libraries.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var output = OutputFormat.Option();
        var version = new Command("version", "Print the version, the commit, and the included libraries with their licences.") { output };
        version.SetAction((parsed, _) =>
        {
            // "0.1.0+COMMIT", as the SDK writes it.
            var informational =
                typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+',
                    2);
            var (number, commit) = (informational[0], informational.Length > 1 ? informational[1] : null);
            var libraries = Libraries();
            return ObjectOutput.WriteAsync(parsed.GetValue(output),
                new { version = number, commit, runtime = RuntimeInformation.FrameworkDescription, licence = "Apache-2.0", libraries },
                [number], width => $"""
                {TextLines.Of(
                    ("KubeIdP", number), ("Commit", commit),
                    ("Runtime", RuntimeInformation.FrameworkDescription), ("Licence", "Apache-2.0"))}

                {TextTable.Of(
                    width,
                    ["LIBRARY", "VERSION", "LICENCE"],
                    libraries.Select(library => (string[])[library.Name, library.Version, library.Licence]))}
                """);
        });
        return version.With("version --output json");
    }

    /// <summary>The third-party libraries beside the program, from the deps.json of the SDK; the licences come from licences.txt.</summary>
    private static IReadOnlyList<Library> Libraries()
    {
        var licences = Licences();
        var program = typeof(VersionCommand).Assembly.GetName().Name!;
        using var dependencies = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, $"{program}.deps.json")));
        var target = dependencies.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString()!;
        var packages = dependencies.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() is "package").Select(library => library.Name).ToHashSet();
        var shipped = dependencies.RootElement.GetProperty("targets").GetProperty(target).EnumerateObject()
            .Where(library => library.Value.TryGetProperty("runtime", out _) || library.Value.TryGetProperty("native", out _)
            || library.Value.TryGetProperty("runtimeTargets", out _))
            .Where(library => packages.Contains(library.Name))
            .Select(library => library.Name.Split('/'));
        return [.. shipped
            .Select(library => new Library(library[0], library[1], licences.GetValueOrDefault(library[0], "see its package")))
            .OrderBy(library => library.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private static Dictionary<string, string> Licences()
    {
        using var list = new StreamReader(typeof(VersionCommand).Assembly.GetManifestResourceStream("licences.txt")!);
        return list.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2))
            .ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
    }

    private sealed record Library(string Name, string Version, string Licence);
}
