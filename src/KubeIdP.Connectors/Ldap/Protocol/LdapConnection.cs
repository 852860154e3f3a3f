using System.Net;
using System.Net.Sockets;

namespace KubeIdP.Connectors.Ldap.Protocol;

/// <summary>
/// One connection to a directory server. Searches run side by side; a bind stands alone. What a server says is a value, an <see cref="LdapResult"/>;
/// that it says nothing usable is an <see cref="LdapFault"/>. Once broken it stays broken: it never reconnects, for what comes after would be
/// anonymous without anybody noticing.
/// </summary>
internal sealed class LdapConnection : IAsyncDisposable
{
    // Each is a request whose answer may still come. A server that owes us so many is better left.
    private const int MaxAbandoned = 64;

    private static readonly LdapFilter NoReferral = LdapFilter.Parse("(!(objectClass=referral))");

    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(1);

    private readonly LdapServer server;
    private readonly LdapLimits limits;
    private readonly TimeProvider clock;
    private readonly Stream stream;
    private readonly Task reading;
    private readonly CancellationTokenSource closing = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly Lock gate = new();
    private readonly Dictionary<int, PendingRequest> pending = [];
    private readonly HashSet<int> abandoned = [];
    private int lastId = Dialling.LastId;
    private Exception? end;
    private Task farewell = Task.CompletedTask;

    private LdapConnection(LdapServer server, LdapLimits limits, TimeProvider clock, Stream stream)
    {
        (this.server, this.limits, this.clock, this.stream) = (server, limits, clock, stream);
        reading = ReadAsync();
    }

    /// <summary>Whether a request may still be answered. A server that has closed meanwhile is noticed without asking it.</summary>
    public bool IsOpen
    {
        get
        {
            lock (gate) return end is null;
        }
    }

    public static Task<LdapConnection> ConnectAsync(LdapServer server, LdapLimits limits, TimeProvider clock, CancellationToken ct) => WithinAsync(
        async either => new LdapConnection(server, limits, clock, await Dialling.DialAsync(server, limits.Connect, clock, either)), server, limits.Connect, clock, ct);

    /// <summary>To one of the addresses that the server's name has.</summary>
    public static Task<LdapConnection> ConnectAsync(LdapServer server, IPAddress address, LdapLimits limits, TimeProvider clock, CancellationToken ct) => WithinAsync(
        async either => new LdapConnection(server, limits, clock, await Dialling.DialAsync(server, [address], limits.Connect, clock, either)), server, limits.Connect, clock, ct);

    /// <summary>Says who is asking from now on. After anything but success nobody is: the connection is anonymous then.</summary>
    /// <exception cref="ArgumentException">Name or password is empty, which a server may take for "anonymous" and answer with success (RFC 4513 §5.1.2).</exception>
    public Task<LdapResult> BindAsync(string name, string password, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(password);

        var request = new PendingRequest(ResponseKind.Bind, maxEntries: 0, maxBytes: 0);
        return WithinAsync(async either => (await AskAsync(request, id => LdapMessage.Bind(id, name, password), either)).Result, server, limits.Bind, clock, ct);
    }

    /// <summary>
    /// Runs a search to its last page and fetches what Active Directory hands out in pieces. An error of the server ends it, with the entries so far.
    /// </summary>
    public Task<SearchAnswer> SearchAsync(LdapSearch search, CancellationToken ct)
    {
        var budget = limits.AnswerBytes;
        return WithinAsync(
            async either =>
            {
                var answer = await PagesAsync(search, either);
                if (answer.References.Count > 0 && search is { Scope: not SearchScope.Base, Sample: null } && await IsWholeAsync(answer, either)) answer = answer with { References = [] };
                return answer.Result.IsSuccess ? await RangedValues.CompleteAsync(answer, piece => PagesAsync(piece, either)) : answer;
            }, server, limits.Search, clock, ct);

        // Objects of the directory that refer to other servers leave no gap: they say what is not in it, and the answer is whole without them. A database
        // that is being filled anew refers to another server as well, and what is in it is missing. Asked to show such objects as the entries that they are
        // (RFC 3296), a server brings the same entries again in the first case alone.
        async Task<bool> IsWholeAsync(SearchAnswer answer, CancellationToken either)
        {
            var again = await PagesAsync(search with { Filter = LdapFilter.AllOf(search.Filter, NoReferral), Attributes = [], ManageReferrals = true }, either);
            if (!again.IsComplete || !again.Entries.Select(entry => entry.Dn).ToHashSet(StringComparer.Ordinal).SetEquals(answer.Entries.Select(entry => entry.Dn))) return false;

            // The base may be such an object itself: then nothing of what was asked for is here.
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

    /// <summary>Takes leave and closes. Does not wait for a server that no longer reads.</summary>
    public async ValueTask DisposeAsync()
    {
        End(new ObjectDisposedException(nameof(LdapConnection)));
        await farewell;
        await reading;
        closing.Dispose();
    }

    private static async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> work, LdapServer server, TimeSpan limit, TimeProvider clock, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new LdapFault(LdapFaultKind.TimeLimit, $"{server} did not answer within {limit.TotalSeconds:0.#} s.");
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
            // A bind can't be abandoned (RFC 4511 §4.11), and as whom the connection would go on nobody knows.
            if (request.Kind == ResponseKind.Bind)
                End(new LdapFault(LdapFaultKind.TimeLimit, $"{server} did not answer to the bind in time."));
            else
                Abandon(id);
            throw;
        }
    }

    private void Register(int id, PendingRequest request)
    {
        lock (gate)
        {
            if (end is not null) throw Broken(end);

            // RFC 4511 §4.2.1: while a bind is under way nothing else may be, for nobody could say as whom it runs.
            if (pending.Count > 0 && (request.Kind == ResponseKind.Bind || pending.Values.Any(other => other.Kind == ResponseKind.Bind)))
                throw new InvalidOperationException("A bind stands alone on its connection.");

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
            // A part of it may be on the way: whatever followed would be read as its rest.
            var reason = new LdapFault(LdapFaultKind.Closed, $"{server} does not take requests any more.", fault);
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
        bool isTooMuch;
        lock (gate)
        {
            if (end is not null || !pending.Remove(id)) return;

            abandoned.Add(id);
            isTooMuch = abandoned.Count > MaxAbandoned;
        }

        if (isTooMuch)
            End(new LdapFault(LdapFaultKind.TimeLimit, $"{server} left too many requests without an answer."));
        else
            _ = SayAsync(LdapMessage.Abandon(Interlocked.Increment(ref lastId), id));
    }

    /// <summary>Sends what has no answer. Whether it arrives matters to the server more than to us.</summary>
    private async Task SayAsync(byte[] message)
    {
        using var limit = new CancellationTokenSource(FarewellLimit, clock);
        try
        {
            await SendAsync(message, limit.Token);
        }
        catch (Exception fault) when (fault is LdapFault or OperationCanceledException)
        {
            // The connection has ended by it, and all who wait are told so.
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

            End(new LdapFault(LdapFaultKind.Closed, $"{server} closed the connection."));
        }
        catch (LdapFault fault)
        {
            End(fault);
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
        {
            End(new LdapFault(LdapFaultKind.Closed, $"The connection to {server} broke: {fault.Message}", fault));
        }
        catch (Exception bug)
        {
            // Told to whoever waits: nobody waits for this task.
            End(bug);
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private void Take(int id, LdapResponse response)
    {
        // RFC 4511 §4.4: a notice of disconnection is the only one there is. After any other we would not know where we stand.
        if (id == LdapMessage.Unsolicited)
            throw new LdapFault(LdapFaultKind.Closed, $"{server} ended the connection: {(response as LdapResponse.Done)?.Result}");

        PendingRequest? request;
        lock (gate)
        {
            if (abandoned.Contains(id))
            {
                if (response is LdapResponse.Done) abandoned.Remove(id);
                return;
            }

            if (!pending.TryGetValue(id, out request)) throw new LdapFault(LdapFaultKind.Protocol, $"{server} answered a request that nobody made.");

            // Before the one who waits is told: the next request may be a bind, which wants to be alone.
            if (response is LdapResponse.Done) pending.Remove(id);
        }

        // More than is taken in: it has failed, and the rest need not be sent.
        if (!request.Take(response)) Abandon(id);
    }

    /// <summary>The first reason counts. All who wait are told it.</summary>
    private void End(Exception reason)
    {
        List<PendingRequest> waiting;
        lock (gate)
        {
            if (end is not null) return;

            end = reason;
            waiting = [.. pending.Values];
            pending.Clear();
            farewell = Task.Run(() => CloseAsync(politely: reason is ObjectDisposedException));
        }

        foreach (var request in waiting) request.Fail(Broken(reason));
    }

    private async Task CloseAsync(bool politely)
    {
        if (politely) await SayAsync(LdapMessage.Unbind(Interlocked.Increment(ref lastId)));
        await closing.CancelAsync();
    }

    private static Exception Broken(Exception reason) => reason switch
    {
        // One for each who is told, because each throws it.
        LdapFault fault => new LdapFault(fault.Kind, fault.Message, fault),
        ObjectDisposedException => new LdapFault(LdapFaultKind.Closed, "The connection was closed.", reason),
        _ => new InvalidOperationException("The reader of the connection failed.", reason),
    };
}
