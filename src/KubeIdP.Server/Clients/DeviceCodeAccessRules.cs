using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clients;

internal static class DeviceCodeAccessRules
{
    /// <summary>An empty list means nobody or everybody, depending on the reader: it is refused.</summary>
    /// <param name="key">Of the entry.</param>
    /// <param name="options">Null: off.</param>
    /// <param name="upstreams">The upstreams that groups may name.</param>
    public static IEnumerable<SettingsFault> Check(string key, DeviceCodeAccessOptions? options,
        IReadOnlyCollection<ConnectorId> upstreams) => options?.Groups switch
    {
        null => [],
        [] => [new($"{key}.groups", "It names no group, so it does not say who may use device codes.",
            "List one or more groups, or remove groups, for everybody who may get tokens.")],
        var groups => UpstreamGroupRules.Check($"{key}.groups", groups, upstreams),
    };
}
