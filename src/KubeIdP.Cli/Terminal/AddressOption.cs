using System.CommandLine;
using KubeIdP.Core.Network;

namespace KubeIdP.Cli.Terminal;

/// <summary>An IP address or a network, in any spelling that <see cref="AddressRange.Parse"/> reads.</summary>
internal static class AddressOption
{
    public static Option<AddressRange?> Create(string description) => new("--address")
    {
        Description = description,
        HelpName = "address",
        CustomParser = given =>
        {
            if (given.Tokens is [var token] && AddressRange.Parse(token.Value) is { } range) return range;

            given.AddError("--address takes an IP address or a network, such as 192.0.2.7, 2001:db8::1 or 10.0.0.0/8.");
            return null;
        },
    };
}
