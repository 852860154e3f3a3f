using KubeIdP.Cli.Store;
using Xunit;

namespace KubeIdP.Cli.Tests.Store;

public sealed class StateHomeTests
{
    [Theory]
    [InlineData("Other", "HOME=/home/alice", "/home/alice/.local/state/kubeidp")]
    [InlineData("Other", "HOME=/home/alice XDG_STATE_HOME=/state", "/state/kubeidp")]
    [InlineData("Other", "HOME=/home/alice XDG_STATE_HOME=state", "/home/alice/.local/state/kubeidp")]
    [InlineData("Other", "HOME=/home/alice KUBEIDP_HOME=/elsewhere", "/elsewhere")]
    [InlineData("MacOs", "HOME=/Users/alice", "/Users/alice/Library/Application Support/kubeidp")]
    [InlineData("Windows", "LOCALAPPDATA=/AppData/Local", "/AppData/Local/kubeidp")]
    public void The_folder_is_where_the_operating_system_keeps_state(string kind, string variables, string folder) =>
        Assert.Equal(folder, StateHome.FolderFor(Enum.Parse<HomeKind>(kind), Variables(variables)));

    [Fact]
    public void Without_a_home_the_error_names_the_variable_that_helps() =>
        Assert.Contains("KUBEIDP_HOME", Assert.Throws<CommandFault>(() => StateHome.FolderFor(HomeKind.Other, _ => null)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Every_issuer_and_authority_has_a_folder_of_its_own_with_its_host()
    {
        string[] folders =
        [
            StateHome.FolderOf("https://idp.example.com", null), StateHome.FolderOf("https://idp.example.com/", null),
            StateHome.FolderOf("https://IDP.example.com", null), StateHome.FolderOf("https://idp.example.com:8443", null),
            StateHome.FolderOf("https://idp.example.com", "one"), StateHome.FolderOf("https://idp.example.com", "another"),
        ];

        Assert.Equal(folders.Length, folders.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(folders, folder => Assert.StartsWith("idp.example.com-", folder, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..")]
    [InlineData("https://..")]
    [InlineData("https://[::1]:8443")]
    public void No_issuer_leads_out_of_the_folder(string issuer) =>
        Assert.Equal(StateHome.FolderOf(issuer, null), Path.GetFileName(Path.GetFullPath("/state/" + StateHome.FolderOf(issuer, null))));

    [Fact]
    public void Every_cluster_has_a_file_of_its_own_also_where_case_does_not_count()
    {
        string[] clusters =
            ["prod", "Prod", "PROD", "prod/a", "prod%2Fa", "../prod", "prød", ".", "..", new('a', 300), new('a', 301), "con"];
        var files = clusters.Select(StateHome.FileOf).ToList();

        Assert.Equal(clusters.Length, files.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(files, file => Assert.Matches("^cluster-[a-z0-9._%A-F-]+$", file));
        Assert.Equal("cluster-prod", files[0]);
    }

    private static Func<string, string?> Variables(string text)
    {
        var variables = text.Split(' ').Select(variable => variable.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return name => variables.GetValueOrDefault(name);
    }
}
