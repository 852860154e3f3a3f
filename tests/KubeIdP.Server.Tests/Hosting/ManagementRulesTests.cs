using KubeIdP.Server.Hosting;
using Xunit;

namespace KubeIdP.Server.Tests.Hosting;

public sealed class ManagementRulesTests
{
    [Theory]
    [InlineData("http://*:9000", null)]
    [InlineData("http://127.0.0.1:9000", "http://otel-collector:4317")]
    [InlineData(null, null)]
    public void Right_is(string? listen, string? otlp) =>
        Assert.Empty(ManagementRules.Check(new() { Listen = listen, OtlpEndpoint = otlp }, ["https://*:8443"]));

    [Theory]
    [InlineData("https://*:9000", null, "management.listen")]
    [InlineData("9000", null, "management.listen")]
    [InlineData("http://*:8443", null, "management.listen")]
    [InlineData(null, "otel-collector:4317", "management.otlpEndpoint")]
    public void Wrong_is(string? listen, string? otlp, string key) =>
        Assert.Equal(key, Assert.Single(ManagementRules.Check(new() { Listen = listen, OtlpEndpoint = otlp }, ["https://*:8443"])).Place);
}
