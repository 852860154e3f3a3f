using KubeIdP.Core.Network;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.DeviceCode;

internal static class DeviceCodeRules
{
    private static readonly TimeSpan Min = TimeSpan.FromMinutes(5);

    public static IEnumerable<SettingsFault> Check(DeviceCodeOptions options, SessionOptions sessions)
    {
        if (options.SessionLifetime < Min || options.SessionLifetime > sessions.AbsoluteLifetime)
            yield return new("deviceCode.sessionLifetime",
                $"{options.SessionLifetime} is out of range for a session by device code.",
                $"Choose from {Min} to sessions.absoluteLifetime ({sessions.AbsoluteLifetime}), or remove the key.");
        for (var i = 0; i < options.Networks.Count; i++)
        {
            if (AddressRange.Parse(options.Networks[i]) is null)
                yield return new($"deviceCode.networks[{i}]", $"\"{options.Networks[i]}\" is not an address or network.",
                    "Write it as in 10.0.0.7 or 10.0.0.0/8.");
        }

        if (options is { SameNetwork: false, Networks: not [] })
            yield return new("deviceCode.networks", "The networks change nothing without sameNetwork.",
                "Set deviceCode.sameNetwork: true, or remove the list.");
    }
}
