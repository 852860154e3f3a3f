using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clients;

internal static class DeviceCodeAccessRules
{
    /// <summary>An empty section means nobody or everybody, depending on the reader: it is refused.</summary>
    /// <param name="key">Of the entry.</param>
    /// <param name="options">Null: off.</param>
    /// <param name="upstreams">The upstreams that groups may name.</param>
    public static IEnumerable<SettingsFault> Check(string key, DeviceCodeAccessOptions? options,
        IReadOnlyCollection<ConnectorId> upstreams) => options switch
    {
        null => [],
        { Everybody: false, Groups: [] } => [new(key, "It does not say who may use device codes.",
            "Set everybody: true for everybody who may get tokens, list one or more groups below groups, or remove deviceCode.")],
        { Everybody: true, Groups: not [] } => [new($"{key}.groups", "everybody already lets in who is in no group.",
            "Remove everybody for these groups alone, or remove groups.")],
        _ => UpstreamGroupRules.Check($"{key}.groups", options.Groups, upstreams),
    };
}
