using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Instruments;

public sealed class IssuerProcessTests
{
    [Fact]
    public async Task A_server_that_ends_at_once_fails_the_test_at_once()
    {
        await using var issuer = new IssuerProcess($"listen: [\"https://localhost:{Ports.Free()}\"]\nnoSuchKey: 1\n");

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => issuer.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("ended with exit code", fault.Message, StringComparison.Ordinal);
    }
}
