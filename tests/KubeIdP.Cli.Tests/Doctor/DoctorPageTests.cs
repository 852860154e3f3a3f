using System.Text.RegularExpressions;
using KubeIdP.Cli.Doctor.Checks;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Doctor;

/// <summary>The page about it (src/docs/doctor.md) says what it does.</summary>
public sealed partial class DoctorPageTests
{
    private static readonly string Page = File.ReadAllText(Repository.File("src/docs/doctor.md"));

    [Fact]
    public void The_page_has_every_check_by_its_number_and_name()
    {
        var named = Row().Matches(Page).Select(row => $"{row.Groups["number"].Value} {row.Groups["name"].Value}");

        Assert.Equal(Checklist.Decide(EvidenceOf.ARightCluster()).Select(finding => $"{finding.Number} {finding.Check}"), named);
    }

    [Fact]
    public void Every_command_of_the_page_is_one()
    {
        var commands = Command().Matches(Page).Select(command => command.Groups["words"].Value).ToList();

        Assert.True(commands.Count > 4);
        Assert.All(commands, command => Assert.Empty(CommandLine.Create().Parse(command).Errors));
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| `(?<name>[a-z ]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("^\\| `kubeidp (?<words>doctor[^`]*)` \\|", RegexOptions.Multiline)]
    private static partial Regex Command();
}
