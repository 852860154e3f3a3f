using KubeIdP.Core.Network;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.BackChannelLogout;

internal static class BackChannelLogoutRules
{
    public static IEnumerable<SettingsFault> Check(BackChannelLogoutOptions options)
    {
        for (var i = 0; i < options.Networks.Count; i++)
        {
            if (AddressRange.Parse(options.Networks[i]) is null)
                yield return new($"backChannelLogout.networks[{i}]", $"\"{options.Networks[i]}\" is not an address or network.",
                    "Write it as in 10.0.0.7 or 10.0.0.0/8.");
        }

        foreach (var fault in FileRules.Authorities("backChannelLogout.caFile", options.CaFile)) yield return fault;
    }
}
