using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using KubeIdP.Core.Network;
using KubeIdP.Ldap;

namespace KubeIdP.Testing.Directories.Scripted;

/// <summary>A directory server that does what a test says, above all what real ones never do.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<Conversation, Task> script;
    private readonly X509Certificate2? certificate;
    private readonly Task accepting;
    private int connections;

    /// <param name="certificate">With it TLS is spoken from the first byte.</param>
    public ScriptedServer(Func<Conversation, Task> script, X509Certificate2? certificate = null)
    {
        (this.script, this.certificate) = (script, certificate);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What a client needs in order to connect to it.</summary>
    public static LdapNetwork Network { get; } = new(Outbound.ResolveAsync, Outbound.ConnectAsync, Outbound.FirstAsync);

    /// <summary>How many have come so far.</summary>
    public int Connections => Volatile.Read(ref connections);

    public LdapServer Address => new("127.0.0.1", Port, certificate is null ? LdapSecurity.Plain : LdapSecurity.Tls, Authorities: null);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Stop();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stopping.Token);
                Interlocked.Increment(ref connections);
                conversations.Add(ConverseAsync(socket));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task ConverseAsync(Socket socket)
    {
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var conversation = new Conversation(stream, stopping.Token);
            if (certificate is not null) await conversation.BeginTlsAsync(certificate);
            await script(conversation);
        }
        catch (Exception end) when (
            end is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException
                or EndOfStreamException)
        {
            // The client has left, or the test is over.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }
}
