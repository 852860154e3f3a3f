using KubeIdP.Server;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace KubeIdP.Architecture.Tests;

public sealed class BackgroundJobTests
{
    /// <summary>A loop of its own would have to know what a database can throw; one that does not ends, and nobody misses it.</summary>
    [Fact]
    public void Every_background_service_is_a_job_that_runs_again()
    {
        var services = typeof(Settings).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(BackgroundService)) && !type.IsAbstract).ToList();

        Assert.NotEmpty(services);
        Assert.All(services, service => Assert.Equal("KubeIdP.Server.Runtime.BackgroundJob", service.BaseType!.FullName));
    }
}
