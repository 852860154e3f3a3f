using KubeIdP.Core.Network;

namespace KubeIdP.Server.Api;

/// <summary>An IP address or a network in a query.</summary>
internal static class ApiAddress
{
    /// <summary>Null when the text is valid or missing.</summary>
    public static string? FaultOf(string? text) =>
        text is not null && AddressRange.Parse(text) is null
            ? "address takes an IP address or a network, such as 192.0.2.7, 2001:db8::1 or 10.0.0.0/8."
            : null;
}
