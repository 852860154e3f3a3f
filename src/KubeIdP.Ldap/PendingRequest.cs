namespace KubeIdP.Ldap;

/// <summary>A request that was sent, and the responses to it so far. Filled by the one reader of the connection.</summary>
internal sealed class PendingRequest(ResponseKind kind, int maxEntries, int maxBytes)
{
    private readonly TaskCompletionSource<LdapResponse.Done> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<LdapEntry> entries = [];
    private readonly List<string> references = [];
    public int Bytes { get; private set; }

    public ResponseKind Kind => kind;

    /// <summary>
    /// Completes with the server's last response to the request, or with the exception that ended it. Entries and references are complete
    /// then.
    /// </summary>
    public Task<LdapResponse.Done> Done => done.Task;

    public IReadOnlyList<LdapEntry> Entries => entries;

    public IReadOnlyList<string> References => references;

    /// <summary>False when the limits of the request are exceeded: it has failed then.</summary>
    public bool Add(LdapResponse response)
    {
        switch (response)
        {
            case LdapResponse.Done end when end.Kind == kind:
                done.TrySetResult(end);
                return true;
            case LdapResponse.SearchEntry found when kind == ResponseKind.Search:
                entries.Add(found.Entry);
                Bytes += found.Bytes;
                break;
            case LdapResponse.SearchReference elsewhere when kind == ResponseKind.Search:
                references.AddRange(elsewhere.References);
                Bytes += elsewhere.Bytes;
                break;
            default:
                // The connection no longer has this request, whose end has come, so it is failed here.
                var fault = new LdapException(LdapErrorKind.Protocol, $"The server answered a {kind} request with something else.");
                Fail(fault);
                throw fault;
        }

        if (entries.Count <= maxEntries && Bytes <= maxBytes) return true;

        Fail(new LdapException(LdapErrorKind.TooLarge, $"The answer has more than {maxEntries} entries or {maxBytes} bytes."));
        return false;
    }

    public void Fail(Exception reason) => done.TrySetException(reason);
}
