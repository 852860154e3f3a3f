namespace KubeIdP.Server.Hosting;

public sealed record ManagementOptions
{
    /// <summary>
    /// The address of the management listener, which serves <c>/livez</c>, <c>/readyz</c> and <c>/metrics</c> in plain HTTP. It needs a
    /// port of its own that is not open to everybody, such as <c>http://*:9000</c>. If it is set, a server that is asked to stop reports
    /// that it is not ready and serves requests for ten more seconds, so that load balancers can send new requests elsewhere. Default: no
    /// management listener.
    /// </summary>
    public string? Listen { get; init; }

    /// <summary>
    /// An OpenTelemetry collector that receives metrics and traces over OTLP/gRPC, such as <c>http://otel-collector:4317</c>. Default:
    /// none.
    /// </summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Whether metrics are collected at all.</summary>
    internal bool IsMeasured => Listen is not null || OtlpEndpoint is not null;
}
