using KubeIdP.Cli.Token;
using Xunit;

namespace KubeIdP.Cli.Tests.Token;

public sealed class ClientProcessTests
{
    [Theory]
    [InlineData("42 (kubectl) S 7 42 1", "S", "7")]
    [InlineData("42 (my) prog ) S 9 (x) R 7 42 1", "R", "7")]
    public void A_program_can_have_any_name(string stat, string state, string parent) =>
        Assert.Equal([state, parent], ClientProcess.Fields(stat)[..2]);

    [Fact]
    public void The_parent_of_this_process_is_known_with_its_start()
    {
        var parent = ClientProcess.Parent();

        Assert.NotNull(parent);
        Assert.True(parent.Id > 0);
        Assert.Matches("^[0-9]+$", parent.Started);
        Assert.Equal(parent, ClientProcess.Parent());
    }
}
