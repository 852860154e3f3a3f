using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

public sealed class VersionCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>As a release's SBOM is made, which reads the license that each package states.</summary>
    [Fact]
    public async Task What_is_inside_and_its_licences_are_those_of_the_SBOM()
    {
        var made = await Programs.RunAsync(
            new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", ". deploy/artefacts.sh && sbom kubeidp-server \"$0\"",
                Path.ChangeExtension(IssuerProcess.ServerDll, ".deps.json")]) { WorkingDirectory = Repository.File(".") }, input: null, Ct);
        using var sbom = JsonDocument.Parse(made.Succeeded().Output);
        var expected = sbom.RootElement.GetProperty("components").EnumerateArray().Select(component => (
            component.GetProperty("name").GetString()!, component.GetProperty("version").GetString()!,
            component.GetProperty("licenses")[0].GetProperty("license").GetProperty("id").GetString()!));

        await using var program = new IssuerProcess(yaml: null);
        var shown = JsonDocument.Parse((await program.RunAsync(["version", "--output", "json"], ct: Ct)).Succeeded().Output).RootElement;
        var text = (await program.RunAsync(["version"], ct: Ct)).Succeeded().Output;

        Assert.Equal("0.1.0", shown.GetProperty("version").GetString());
        Assert.Matches("^[0-9a-f]{40}$", shown.GetProperty("commit").GetString());
        Assert.Contains("OpenIddict.Server ", text, StringComparison.Ordinal);
        var libraries = shown.GetProperty("libraries").EnumerateArray().ToList();
        Assert.True(libraries.Count > 20);
        Assert.Equal(
            expected.OrderBy(one => one.Item1, StringComparer.OrdinalIgnoreCase),
            libraries.Select(library => (library.GetProperty("name").GetString()!, library.GetProperty("version").GetString()!,
                library.GetProperty("licence").GetString()!)));
    }
}
