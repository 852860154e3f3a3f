using System.Net;

namespace KubeIdP.Ldap;

/// <summary>How the network is used: handed in, because a program does so in one way for everything that it connects to.</summary>
/// <param name="ResolveAsync">
/// The addresses of a name, or the address that the text is; throws a <see cref="System.Net.Sockets.SocketException"/> when there is none.
/// </param>
/// <param name="ConnectAsync">
/// A TCP connection to a port of an address; throws a <see cref="System.Net.Sockets.SocketException"/> when there is none.
/// </param>
/// <param name="FirstAsync">
/// The stream of the first attempt that succeeds, of one for each of these addresses, within the time limit; when all fail, throws what the
/// first to fail has thrown. It closes what the other attempts open.
/// </param>
public sealed record LdapNetwork(
    Func<string, CancellationToken, Task<IReadOnlyList<IPAddress>>> ResolveAsync,
    Func<IPAddress, int, CancellationToken, Task<Stream>> ConnectAsync,
    LdapNetwork.First FirstAsync)
{
    /// <param name="attempt">Leaves nothing open when it fails or is cancelled.</param>
    public delegate Task<Stream> First(
        IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<Stream>> attempt, TimeSpan limit, TimeProvider clock,
        CancellationToken ct);
}
