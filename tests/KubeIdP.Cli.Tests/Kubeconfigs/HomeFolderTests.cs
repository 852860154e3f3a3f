using KubeIdP.Cli.Kubeconfigs;
using Xunit;

namespace KubeIdP.Cli.Tests.Kubeconfigs;

public sealed class HomeFolderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("home/alice")]
    [InlineData(".")]
    public void A_home_that_would_be_below_the_current_folder_is_refused(string home) =>
        Assert.StartsWith("This user has no home folder.", Assert.Throws<CommandFault>(() => HomeFolder.Checked(home)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_home_that_is_not_there_is_one() => Assert.Equal("/nobody/here", HomeFolder.Checked("/nobody/here"));
}
