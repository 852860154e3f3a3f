namespace KubeIdP.Server.Hosting;

public sealed record ManagementOptions
{
    /// <summary>
    /// Where the platform asks how we are, in plain HTTP: <c>/livez</c>, <c>/readyz</c> and <c>/metrics</c>, on a port of their own that is not for
    /// people, such as <c>http://*:9000</c>. Default: nowhere. With it, a server that is asked to stop goes on for ten seconds and says that it is not
    /// ready, so that balancers send nobody any more.
    /// </summary>
    public string? Listen { get; init; }

    /// <summary>An OpenTelemetry collector that takes metrics and traces over OTLP/gRPC, such as <c>http://otel-collector:4317</c>. Default: none.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Whether anybody looks at what is measured.</summary>
    internal bool IsMeasured => Listen is not null || OtlpEndpoint is not null;
}
