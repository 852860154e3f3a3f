using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

public sealed class VersionCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    /// <summary>By the tool with which a release's bill of materials is made, which reads the license that each package states.</summary>
    [Fact]
    public async Task What_is_inside_and_its_licences_are_those_of_the_bill_of_materials()
    {
        foreach (var words in (string[][])[["tool", "restore"],
            ["dotnet-CycloneDX", Repository.File("src/KubeIdP.Server/KubeIdP.Server.csproj"), "-o", folder.Path, "-fn", "sbom.json", "-F",
                "Json", "-rs", "--disable-package-restore"]])
            (await Programs.RunAsync(new ProcessStartInfo(IssuerProcess.DotnetHost, words) { WorkingDirectory = Repository.File("src") },
                input: null, Ct)).Succeeded();
        using var bill = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("sbom.json"), Ct));
        var components = bill.RootElement.GetProperty("components").EnumerateArray().ToLookup(
            component => component.GetProperty("name").GetString()!,
            component =>
                (Version: component.GetProperty("version").GetString(),
                    Licence: component.TryGetProperty("licenses", out var licences) && licences.GetArrayLength() > 0
                        && licences[0].TryGetProperty("license", out var licence) && licence.TryGetProperty("id", out var id)
                        ? id.GetString()
                        : null));

        await using var program = new IssuerProcess(yaml: null);
        var shown = JsonDocument.Parse((await program.RunAsync(["version", "--output", "json"], ct: Ct)).Succeeded().Output).RootElement;
        var text = (await program.RunAsync(["version"], ct: Ct)).Succeeded().Output;

        Assert.Equal("0.1.0", shown.GetProperty("version").GetString());
        Assert.Matches("^[0-9a-f]{40}$", shown.GetProperty("commit").GetString());
        Assert.Contains("OpenIddict.Server ", text, StringComparison.Ordinal);
        var libraries = shown.GetProperty("libraries").EnumerateArray().ToList();
        Assert.True(libraries.Count > 20);
        Assert.All(libraries, library =>
        {
            var (name, version, licence) = (library.GetProperty("name").GetString()!, library.GetProperty("version").GetString(),
                library.GetProperty("licence").GetString());
            // The programs may resolve a package to different versions; what is shipped is one of them.
            var component = Assert.Single(components[name], one => one.Version == version);

            // A package may bring its licence as a file, which the tool does not read.
            Assert.Equal((name, component.Licence ?? "MIT"), (name, licence));
        });
    }
}
