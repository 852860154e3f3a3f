namespace KubeIdP.Cli.Network;

/// <summary>
/// The issuer offers device codes, but not to this program: one of its clusters has them. Another way to sign in is left.
/// </summary>
internal sealed class NoDeviceCode(string message) : CommandFault(message);
