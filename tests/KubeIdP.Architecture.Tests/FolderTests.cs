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

    private static IReadOnlyDictionary<string, SortedDictionary<string, string>> Read(string project)
    {
        var compiled = new ArchLoader().LoadAssemblies(System.Reflection.Assembly.Load(project)).Build();
        return Arrows.Between(compiled, type => FolderOf(type, project));
    }

    /// <summary>Null outside of the project.</summary>
    private static string? FolderOf(IType type, string project)
    {
        var name = type.FullName.Split('+', '<', '`')[0];
        var folder = name.LastIndexOf('.') is > 0 and var end ? name[..end] : "";
        return folder == project || folder.StartsWith($"{project}.", StringComparison.Ordinal) ? folder : null;
    }
}
