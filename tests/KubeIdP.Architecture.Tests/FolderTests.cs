using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Xunit;

namespace KubeIdP.Architecture.Tests;

/// <summary>
/// The folders of a project that has no features, which are its namespaces, as the compiled code has them: a folder within a folder is one
/// of its own, and so is what lies beside the folders.
/// </summary>
public sealed class FolderTests
{
    private const string Connectors = "KubeIdP.Connectors";

    // This shows that the loader sees arrows at all.
    [Fact]
    public void The_loader_sees_the_arrows_of_a_folder()
    {
        var uses = Read(Connectors);

        Assert.Contains($"{Connectors}.ActiveDirectory", uses[$"{Connectors}.Ldap"].Keys);
        Assert.Contains($"{Connectors}.Ldap", uses[$"{Connectors}.Ldap.Diagnostics"].Keys);
        Assert.Contains(Connectors, uses[$"{Connectors}.Ldap.Diagnostics"].Keys);
    }

    [Theory]
    [InlineData(Connectors)]
    [InlineData("KubeIdP.Data")]
    [InlineData("KubeIdP.Core")]
    [InlineData("KubeIdP.Ldap")]
    public void No_folder_depends_on_itself_by_way_of_others(string project)
    {
        var cycles = Cycles.In(Read(project));

        Assert.True(cycles is [], string.Join('\n', cycles));
    }

    /// <summary>
    /// What lies beside its folders is the command line, which puts them together, and what all of them say: the exit status, and that a
    /// command could not do what was asked.
    /// </summary>
    [Fact]
    public void No_folder_of_kubeidp_depends_on_itself_by_way_of_others()
    {
        const string project = "KubeIdP.Cli";
        var compiled = Load("kubeidp");
        var uses = Arrows.Between(compiled, type => FolderOf(type, project) is var folder && folder != project ? folder : null);
        var cycles = Cycles.In(uses);
        var puttersTogether = Arrows.Between(compiled,
            type => FolderOf(type, project) is not project
                ? FolderOf(type, project)
                : type.Name is "CommandFault" or "ExitCode" or "Misuse" ? null : project)
            .Where(folder => folder.Key != project && folder.Value.ContainsKey(project)).Select(folder => folder.Value[project]).ToList();

        Assert.Contains($"{project}.Api", uses[$"{project}.Administration"].Keys);
        Assert.True(cycles is [], string.Join('\n', cycles));
        Assert.True(puttersTogether is [], string.Join('\n', puttersTogether));
    }

    private static IReadOnlyDictionary<string, SortedDictionary<string, string>> Read(string project) =>
        Arrows.Between(Load(project), type => FolderOf(type, project));

    private static ArchUnitNET.Domain.Architecture Load(string assembly) =>
        new ArchLoader().LoadAssemblies(System.Reflection.Assembly.Load(assembly)).Build();

    /// <summary>Null outside of the project.</summary>
    private static string? FolderOf(IType type, string project)
    {
        var name = type.FullName.Split('+', '<', '`')[0];
        var folder = name.LastIndexOf('.') is > 0 and var end ? name[..end] : "";
        return folder == project || folder.StartsWith($"{project}.", StringComparison.Ordinal) ? folder : null;
    }
}
