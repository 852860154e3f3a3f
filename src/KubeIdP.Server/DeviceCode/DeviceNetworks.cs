using System.Net;
using KubeIdP.Core.Network;

namespace KubeIdP.Server.DeviceCode;

/// <summary>Decides how near the machine is to the browser in which its code is approved (RFC 8628 §5.4).</summary>
internal static class DeviceNetworks
{
    /// <summary>
    /// Whether both come from one address, or of IPv6 from one /64, or both from this very machine. False if one of the two is unknown.
    /// </summary>
    public static bool IsSame(IPAddress? machine, IPAddress? browser) => machine is not null && browser is not null
        && (AddressRange.CountedAs(machine) == AddressRange.CountedAs(browser)
            || (IPAddress.IsLoopback(machine) && IPAddress.IsLoopback(browser)));

    /// <summary>Whether the configuration lets a code of this machine be approved in this browser.</summary>
    public static bool Allows(DeviceCodeOptions options, IPAddress? machine, IPAddress? browser) =>
        !options.SameNetwork || IsSame(machine, browser)
            || (machine is not null && browser is not null
                && options.Networks.Any(network => AddressRange.Parse(network) is { } range && range.Contains(machine)
                    && range.Contains(browser)));
}
