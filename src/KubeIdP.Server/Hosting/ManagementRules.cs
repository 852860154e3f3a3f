using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Hosting;

internal static class ManagementRules
{
    public static IEnumerable<SettingsFault> Check(ManagementOptions management, IReadOnlyList<string> listen)
    {
        if (management.Listen is { } url)
        {
            if (!ListenAddress.TryParse(url, out var address) || address.IsHttps)
                yield return new("management.listen", $"\"{url}\" is not an address for kubelet and Prometheus.",
                    "Write it in plain HTTP, without a path: http://*:9000, or http://127.0.0.1:9000 for this machine only.");
            else if (listen.Any(other => ListenAddress.TryParse(other, out var taken) && taken.Port == address.Port))
                yield return new("management.listen", $"Port {address.Port} is also in listen, where people connect.",
                    "Choose another port: health and metrics are not for everybody.");
        }

        if (management.OtlpEndpoint is { } otlp
            && (!Uri.TryCreate(otlp, UriKind.Absolute, out var collector) || collector.Scheme is not ("http" or "https")))
            yield return new("management.otlpEndpoint", $"\"{otlp}\" is not the URL of a collector.",
                "Write it as in http://otel-collector:4317.");
    }
}
