using System.Diagnostics;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>The page about applications: what it shows is a configuration that a server starts with.</summary>
public sealed class ApplicationsPageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_configuration_on_it_is_usable_with_the_key_that_it_makes()
    {
        var page = Assert.Single(Guides.All, page => page.Path == "src/docs/applications.md");
        var start = new ProcessStartInfo("bash", ["-c", Assert.Single(page.Commands)]) { WorkingDirectory = folder.Path };
        (await Programs.RunAsync(start, input: null, TestContext.Current.CancellationToken)).Succeeded();
        var configurations = page.Blocks("yaml").Where(block => block.StartsWith("clients:", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, configurations.Count);

        foreach (var configuration in configurations)
        {
            folder.Write("kubeidp.yaml", configuration);

            var answer = SettingsLoader.Load(null, folder.Path, []);

            Assert.True(answer is SettingsAnswer.Usable { Settings.Clients.Count: > 0 }, $"{answer}\n{configuration}");
        }
    }
}
