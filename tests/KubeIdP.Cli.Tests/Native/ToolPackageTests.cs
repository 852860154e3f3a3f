using System.Diagnostics;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Native;

/// <summary>The packages for <c>dotnet tool install</c>, from a folder as from a feed, without the network.</summary>
public sealed class ToolPackageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_this_system_the_tool_is_the_native_program()
    {
        var published = await PublishedCli.GetAsync();

        var folder = await InstallAsync(published, "KubeIdP.Cli");

        var kubeidp = new CliProgram(program: Path.Combine(folder, "kubeidp"));
        Assert.StartsWith(published.Version, (await kubeidp.RunAsync(Ct, "--version")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder, "*.dll", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(folder, "*.dbg", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task On_other_systems_the_tool_runs_on_the_installed_runtime_and_signs_in()
    {
        // dotnet chooses it by the system; by its own name it is installed here as well.
        var folder = await InstallAsync(await PublishedCli.GetAsync(), "KubeIdP.Cli.any");
        await using var issuer = await ScriptedIssuer.StartAsync(Ct);
        var kubeidp = new CliProgram(issuer.AuthorityPem, Path.Combine(folder, "kubeidp"));

        (await kubeidp.SignInAsync(issuer, Ct)).Succeeded();

        Assert.Contains(
            "alice@example.com", (await kubeidp.RunAsync(Ct, "whoami")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder, "*.pdb", SearchOption.AllDirectories));
    }

    private static async Task<string> InstallAsync(PublishedCli published, string package)
    {
        var folder = Scratch.NewFolder("kubeidp-tool-");
        var install = new ProcessStartInfo(
            "dotnet",
            ["tool", "install", package, "--version", published.Version, "--source", published.Tools, "--tool-path", folder]);

        // Packages of the same version that were installed before are not these.
        install.Environment["NUGET_PACKAGES"] = Scratch.NewFolder("kubeidp-packages-");
        install.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        (await Programs.RunAsync(install, input: null, Ct)).Succeeded();
        return folder;
    }
}
