using System.Net.Sockets;

namespace KubeIdP.Server.Runtime;

/// <summary>
/// Tells the service manager how far the server is (sd_notify(3)): systemd with <c>Type=notify</c>, or a container engine that passes it
/// on. Ready means that the start is over: the server serves, or it listens and waits for its database, and says so. Whoever waits for the
/// start, such as a machine that boots, must not wait for another machine. <c>/readyz</c> tells the two apart.
/// </summary>
/// <remarks>
/// UseSystemd of Microsoft.Extensions.Hosting would say ready as soon as the server listens, before it is known whether it can start.
/// </remarks>
/// <param name="socket">The value of <c>NOTIFY_SOCKET</c>; null or empty: nobody is told.</param>
/// <param name="log">The log.</param>
internal sealed class ServiceNotifier(string? socket, ILogger log)
{
    public const string Variable = "NOTIFY_SOCKET";

    /// <summary>Call when the server listens.</summary>
    public void Waiting(string reason) => Send($"READY=1\nSTATUS=Waits: {OneLine(reason)}");

    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    public void Stopping() => Send("STOPPING=1\nSTATUS=Stops");

    /// <summary>A line feed would begin another assignment.</summary>
    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string state)
    {
        if (string.IsNullOrEmpty(socket)) return;

        try
        {
            // A name that begins with @ is not in the file system (unix(7), abstract).
            using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            manager.Connect(new UnixDomainSocketEndPoint(socket[0] == '@' ? $"\0{socket[1..]}" : socket));
            manager.Send(System.Text.Encoding.UTF8.GetBytes(state));
        }
        catch (Exception fault) when (fault is SocketException or ArgumentException)
        {
            // It restarts a service that it takes for one that does not start; nothing that this server does depends on it.
            log.NotNotified(socket, fault.Message);
        }
    }
}
