namespace KubeIdP.Connectors.Ldap.Protocol;

/// <summary>A request that was sent, and what has come for it so far. Filled by the one reader of the connection.</summary>
internal sealed class PendingRequest(ResponseKind kind, int maxEntries, int maxBytes)
{
    private readonly TaskCompletionSource<LdapResponse.Done> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<LdapEntry> entries = [];
    private readonly List<string> references = [];
    public int Bytes { get; private set; }

    public ResponseKind Kind => kind;

    /// <summary>Ends with the server's last word on the request, or with the fault that ended it. Entries and references are whole then.</summary>
    public Task<LdapResponse.Done> Done => done.Task;

    public IReadOnlyList<LdapEntry> Entries => entries;

    public IReadOnlyList<string> References => references;

    /// <summary>False when that is more than the request takes in: it has failed then.</summary>
    public bool Take(LdapResponse response)
    {
        switch (response)
        {
            case LdapResponse.Done end when end.Kind == kind:
                done.TrySetResult(end);
                return true;
            case LdapResponse.Found found when kind == ResponseKind.Search:
                entries.Add(found.Entry);
                Bytes += found.Bytes;
                break;
            case LdapResponse.Elsewhere elsewhere when kind == ResponseKind.Search:
                references.AddRange(elsewhere.References);
                Bytes += elsewhere.Bytes;
                break;
            default:
                // Whoever waits for it is told, for the connection no longer knows of a request whose end has come.
                var fault = new LdapFault(LdapFaultKind.Protocol, $"The server answered a {kind} request with something else.");
                Fail(fault);
                throw fault;
        }

        if (entries.Count <= maxEntries && Bytes <= maxBytes) return true;

        Fail(new LdapFault(LdapFaultKind.TooLarge, $"The answer has more than {maxEntries} entries or {maxBytes} bytes."));
        return false;
    }

    public void Fail(Exception reason) => done.TrySetException(reason);
}
