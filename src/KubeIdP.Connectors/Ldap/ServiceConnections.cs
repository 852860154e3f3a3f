using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// The connections to one server on which the service account has signed in. Each carries many searches at once, so there are few. Broken
/// ones are never handed out, and none signs in a second time: each is always signed in as the service account, never anonymous.
/// </summary>
internal sealed class ServiceConnections(Func<CancellationToken, Task<LdapConnection>> open) : IAsyncDisposable
{
    private const int MaxConnections = 4;

    private readonly Lock sync = new();
    private readonly List<Shared> connections = [];
    private int opening;

    // Who opens the first connection, and what came of it.
    private TaskCompletionSource<LdapException?>? first;

    /// <summary>A connection to search on, until it is given back by disposing of the lease.</summary>
    public async Task<Lease> TakeAsync(CancellationToken ct)
    {
        while (true)
        {
            TaskCompletionSource<LdapException?>? inProgress, mine = null;
            lock (sync)
            {
                foreach (var broken in connections.Where(shared => !shared.Connection.IsOpen).ToList()) Remove(broken);

                var least = connections.MinBy(shared => shared.Leases);
                if (least is not null && (least.Leases == 0 || connections.Count + opening >= MaxConnections))
                {
                    least.Leases++;
                    return new Lease(this, least, wasThere: true);
                }

                // While there is none, one caller opens it for all, so that a password that is no longer right is sent once.
                inProgress = least is null ? first : null;
                if (inProgress is null)
                {
                    opening++;
                    if (least is null)
                        first = mine = new TaskCompletionSource<LdapException?>(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            if (inProgress is null) return await OpenAsync(mine, ct);
            if (await inProgress.Task.WaitAsync(ct) is { } fault) throw new LdapException(fault.Kind, fault.Message, fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Shared> all;
        lock (sync)
        {
            all = [.. connections];
            connections.Clear();
        }

        foreach (var shared in all) await shared.Connection.DisposeAsync();
    }

    private async Task<Lease> OpenAsync(TaskCompletionSource<LdapException?>? forOthers, CancellationToken ct)
    {
        LdapException? fault = null;
        try
        {
            var fresh = new Shared(await open(ct)) { Leases = 1 };
            lock (sync) connections.Add(fresh);
            return new Lease(this, fresh, wasThere: false);
        }
        catch (LdapException met)
        {
            fault = met;
            throw;
        }
        finally
        {
            lock (sync)
            {
                opening--;
                if (forOthers is not null) first = null;
            }

            // Without a fault there is one now, or its caller has left and the next one opens it.
            forOthers?.SetResult(fault);
        }
    }

    private void GiveBack(Shared shared, bool isUnfit)
    {
        lock (sync)
        {
            shared.Leases--;
            if (isUnfit) Remove(shared);
            if (shared.Leases > 0 || connections.Contains(shared)) return;
        }

        // The last who used it closes it, without making anybody wait.
        _ = CloseAsync(shared);
    }

    private void Remove(Shared shared)
    {
        if (connections.Remove(shared) && shared.Leases == 0) _ = CloseAsync(shared);
    }

    private static async Task CloseAsync(Shared shared) => await shared.Connection.DisposeAsync();

    internal sealed class Shared(LdapConnection connection)
    {
        public LdapConnection Connection => connection;

        public int Leases { get; set; }
    }

    /// <param name="wasThere">Whether the connection is an old one, which the server may have closed unnoticed.</param>
    internal sealed class Lease(ServiceConnections owner, Shared shared, bool wasThere) : IDisposable
    {
        public LdapConnection Connection => shared.Connection;

        public bool WasThere => wasThere;

        /// <summary>The connection is not handed out again.</summary>
        public bool IsUnfit { get; set; }

        public void Dispose() => owner.GiveBack(shared, IsUnfit);
    }
}
