using KubeIdP.Server.Configuration;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Configuration;

public sealed class ConfigurationReferenceTests
{
    [Fact]
    public void The_page_in_the_repository_is_the_one_that_the_options_make()
    {
        var committed = File.ReadAllText(Repository.File("src/configuration.md"));

        Assert.True(committed == ConfigurationReference.Render<Settings>(),
            "src/configuration.md is out of date. Make it again: dotnet run --project src/KubeIdP.Server -- config reference > "
                + "src/configuration.md");
    }
}
