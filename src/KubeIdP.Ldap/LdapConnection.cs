using System.Net;
using System.Net.Sockets;

namespace KubeIdP.Ldap;

/// <summary>
/// One connection to a directory server. Searches run side by side; a bind needs the connection for itself. What a server answers is a
/// value, an <see cref="LdapResult"/>; that there is no usable answer is an <see cref="LdapException"/>. A connection that has ended never
/// reconnects: the requests after it would be anonymous without an error.
/// </summary>
public sealed class LdapConnection : IAsyncDisposable
{
    // Requests that were given up and whose answer may still come. With more than these the connection ends.
    private const int MaxAbandoned = 64;

    private static readonly LdapFilter NoReferral = LdapFilter.Parse("(!(objectClass=referral))");

    private static readonly TimeSpan UnbindTimeout = TimeSpan.FromSeconds(1);

    private readonly LdapServer server;
    private readonly LdapLimits limits;
    private readonly TimeProvider clock;
    private readonly Stream stream;
    private readonly Task reading;
    private readonly CancellationTokenSource closing = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly Lock sync = new();
    private readonly Dictionary<int, PendingRequest> pending = [];
    private readonly HashSet<int> abandoned = [];
    private int lastId = Dialling.LastId;
    private Exception? end;
    private Task closed = Task.CompletedTask;

    private LdapConnection(LdapServer server, LdapLimits limits, TimeProvider clock, Stream stream)
    {
        (this.server, this.limits, this.clock, this.stream) = (server, limits, clock, stream);
        reading = ReadAsync();
    }

    /// <summary>Whether a request may still be answered. That the server has closed the connection is noticed without a request.</summary>
    public bool IsOpen
    {
        get
        {
            lock (sync) return end is null;
        }
    }

    /// <summary>To the first address of the server's name that answers.</summary>
    /// <exception cref="LdapException">There is no connection; the message says why.</exception>
    public static Task<LdapConnection> ConnectAsync(
        LdapServer server, LdapNetwork network, LdapLimits limits, TimeProvider clock, CancellationToken ct) =>
        WithinAsync(
            async either =>
            {
                var stream = await Dialling.DialAsync(server, network, limits.Connect, clock, either);
                return new LdapConnection(server, limits, clock, stream);
            },
            server, limits.Connect, clock, ct);

    /// <summary>To this address, which is one of those that the server's name has.</summary>
    /// <inheritdoc cref="ConnectAsync(LdapServer, LdapNetwork, LdapLimits, TimeProvider, CancellationToken)"/>
    public static Task<LdapConnection> ConnectAsync(
        LdapServer server, IPAddress address, LdapNetwork network, LdapLimits limits, TimeProvider clock, CancellationToken ct) =>
        WithinAsync(
            async either =>
            {
                var stream = await Dialling.DialAsync(server, [address], network, limits.Connect, clock, either);
                return new LdapConnection(server, limits, clock, stream);
            },
            server, limits.Connect, clock, ct);

    /// <exception cref="LdapException">The server's name has no address.</exception>
    public static Task<IReadOnlyList<IPAddress>> AddressesOfAsync(LdapServer server, LdapNetwork network, CancellationToken ct) =>
        Dialling.AddressesOfAsync(server, network, ct);

    /// <summary>Signs in for the requests that follow. After any other result than success the connection is anonymous.</summary>
    /// <exception cref="ArgumentException">
    /// Name or password is empty, which a server may treat as anonymous and answer with success (RFC 4513 §5.1.2).
    /// </exception>
    public Task<LdapResult> BindAsync(string name, string password, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(password);

        var request = new PendingRequest(ResponseKind.Bind, maxEntries: 0, maxBytes: 0);
        return WithinAsync(
            async either => (await AskAsync(request, id => LdapMessage.Bind(id, name, password), either)).Result,
            server, limits.Bind, clock, ct);
    }

    /// <summary>
    /// Runs a search to its last page and fetches values that Active Directory returns in ranges. An error of the server ends it, with the
    /// entries so far.
    /// </summary>
    public Task<SearchAnswer> SearchAsync(LdapSearch search, CancellationToken ct)
    {
        var budget = limits.AnswerBytes;
        return WithinAsync(
            async either =>
            {
                var answer = await PagesAsync(search, either);
                var mayBeComplete = answer.References.Count > 0 && search is { Scope: not SearchScope.Base, Sample: null };
                if (mayBeComplete && await IsCompleteAsync(answer, either)) answer = answer with { References = [] };
                return answer.Result.IsSuccess ? await RangedValues.CompleteAsync(answer, piece => PagesAsync(piece, either)) : answer;
            }, server, limits.Search, clock, ct);

        // There are two kinds of references. Referral objects only name what is on other servers: the answer is complete without them. But
        // a database that is being filled also refers to another server, and then entries are missing. Only in the first case does a server
        // return the same entries again when it is asked to treat referral objects as entries (RFC 3296).
        async Task<bool> IsCompleteAsync(SearchAnswer answer, CancellationToken either)
        {
            var filter = LdapFilter.AllOf(search.Filter, NoReferral);
            var again = await PagesAsync(search with { Filter = filter, Attributes = [], ManageReferrals = true }, either);
            var dns = again.Entries.Select(entry => entry.Dn).ToHashSet(StringComparer.Ordinal);
            if (!again.IsComplete || !dns.SetEquals(answer.Entries.Select(entry => entry.Dn))) return false;

            // If the base itself is a referral object, nothing of what was asked for is on this server.
            return (await PagesAsync(LdapSearch.Entry(search.Base), either)).IsComplete;
        }

        async Task<SearchAnswer> PagesAsync(LdapSearch part, CancellationToken either)
        {
            var entries = new List<LdapEntry>();
            var references = new List<string>();
            for (byte[] cookie = []; ;)
            {
                var request = new PendingRequest(ResponseKind.Search, part.MaxEntries - entries.Count, budget);
                var done = await AskAsync(request, id => LdapMessage.Search(id, part, limits, cookie), either);
                entries.AddRange(request.Entries);
                references.AddRange(request.References);
                budget -= request.Bytes;
                cookie = done.Cookie;

                if (cookie.Length == 0 || part.Sample is not null || !done.Result.IsSuccess) return new(done.Result, entries, references);
            }
        }
    }

    /// <summary>Sends an unbind request and closes. Does not wait for a server that no longer reads.</summary>
    public async ValueTask DisposeAsync()
    {
        End(new ObjectDisposedException(nameof(LdapConnection)));
        await closed;
        await reading;
        closing.Dispose();
    }

    private static async Task<T> WithinAsync<T>(
        Func<CancellationToken, Task<T>> work, LdapServer server, TimeSpan limit, TimeProvider clock, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new LdapException(LdapErrorKind.Timeout, $"{server} did not answer within {limit.TotalSeconds:0.#} s.");
        }
    }

    private async Task<LdapResponse.Done> AskAsync(PendingRequest request, Func<int, byte[]> message, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref lastId);
        var bytes = message(id);
        Register(id, request);
        try
        {
            await SendAsync(bytes, ct);
            return await request.Done.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            // A bind can't be abandoned (RFC 4511 §4.11), and the identity of the connection is not known after it.
            if (request.Kind == ResponseKind.Bind)
                End(new LdapException(LdapErrorKind.Timeout, $"{server} did not answer the bind within the timeout."));
            else
                Abandon(id);
            throw;
        }
    }

    private void Register(int id, PendingRequest request)
    {
        lock (sync)
        {
            if (end is not null) throw Broken(end);

            // RFC 4511 §4.2.1: no other request during a bind, because its identity would not be defined.
            if (pending.Count > 0 && (request.Kind == ResponseKind.Bind || pending.Values.Any(other => other.Kind == ResponseKind.Bind)))
                throw new InvalidOperationException("A bind can't run beside other requests on its connection.");

            pending.Add(id, request);
        }
    }

    private async Task SendAsync(byte[] message, CancellationToken ct)
    {
        await writing.WaitAsync(ct);
        try
        {
            await stream.WriteAsync(message, ct);
        }
        catch (Exception fault)
        {
            // A part of it may have been sent: the server would read what follows as the remaining bytes of it.
            var reason = new LdapException(LdapErrorKind.Closed, $"{server} no longer accepts requests.", fault);
            End(reason);
            if (fault is OperationCanceledException) throw;
            throw reason;
        }
        finally
        {
            Array.Clear(message);
            writing.Release();
        }
    }

    private void Abandon(int id)
    {
        bool isTooMany;
        lock (sync)
        {
            if (end is not null || !pending.Remove(id)) return;

            abandoned.Add(id);
            isTooMany = abandoned.Count > MaxAbandoned;
        }

        if (isTooMany)
            End(new LdapException(LdapErrorKind.Timeout, $"{server} did not answer more than {MaxAbandoned} requests."));
        else
            _ = SendOnlyAsync(LdapMessage.Abandon(Interlocked.Increment(ref lastId), id));
    }

    /// <summary>Sends a request that has no answer. Failures are ignored.</summary>
    private async Task SendOnlyAsync(byte[] message)
    {
        using var timeout = new CancellationTokenSource(UnbindTimeout, clock);
        try
        {
            await SendAsync(message, timeout.Token);
        }
        catch (Exception fault) when (fault is LdapException or OperationCanceledException)
        {
            // It has ended the connection, and so failed all requests that wait.
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            var messages = new MessageStream(stream, limits.MessageBytes);
            while (await messages.ReadAsync(closing.Token) is { } bytes)
            {
                var (id, response) = LdapMessage.Read(bytes);
                if (response is not null) Take(id, response);
            }

            End(new LdapException(LdapErrorKind.Closed, $"{server} closed the connection."));
        }
        catch (LdapException fault)
        {
            End(fault);
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
        {
            End(new LdapException(LdapErrorKind.Closed, $"The connection to {server} broke: {fault.Message}", fault));
        }
        catch (Exception bug)
        {
            // It fails the requests that wait, because this task itself is not awaited before the end.
            End(bug);
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private void Take(int id, LdapResponse response)
    {
        // RFC 4511 §4.4: a notice of disconnection is the only one that is defined. Treat any other the same way.
        if (id == LdapMessage.Unsolicited)
            throw new LdapException(LdapErrorKind.Closed, $"{server} ended the connection: {(response as LdapResponse.Done)?.Result}");

        PendingRequest? request;
        lock (sync)
        {
            if (abandoned.Contains(id))
            {
                if (response is LdapResponse.Done) abandoned.Remove(id);
                return;
            }

            if (!pending.TryGetValue(id, out request))
                throw new LdapException(LdapErrorKind.Protocol, $"{server} answered a request that was not sent.");

            // Before the request completes: the next one may be a bind, which can't run beside it.
            if (response is LdapResponse.Done) pending.Remove(id);
        }

        // A limit is exceeded: the request has failed, and the server need not send more.
        if (!request.Add(response)) Abandon(id);
    }

    /// <summary>Only the first call counts. All requests that wait fail with its reason.</summary>
    private void End(Exception reason)
    {
        List<PendingRequest> waiting;
        lock (sync)
        {
            if (end is not null) return;

            end = reason;
            waiting = [.. pending.Values];
            pending.Clear();
            closed = Task.Run(() => CloseAsync(sendUnbind: reason is ObjectDisposedException));
        }

        foreach (var request in waiting) request.Fail(Broken(reason));
    }

    private async Task CloseAsync(bool sendUnbind)
    {
        if (sendUnbind) await SendOnlyAsync(LdapMessage.Unbind(Interlocked.Increment(ref lastId)));
        await closing.CancelAsync();
    }

    private static Exception Broken(Exception reason) => reason switch
    {
        // One for each request, because each throws its own.
        LdapException fault => new LdapException(fault.Kind, fault.Message, fault),
        ObjectDisposedException => new LdapException(LdapErrorKind.Closed, "The connection was closed.", reason),
        _ => new InvalidOperationException("The reader of the connection failed.", reason),
    };
}
