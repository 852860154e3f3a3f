namespace KubeIdP.Data.Audit;

/// <summary>
/// The audit key of this database, read when it is first needed. It is stored in the database, wrapped by the master key, so it can't be
/// read before the schema exists. A server reads it at the start, before it writes anything.
/// </summary>
/// <param name="read">Reads the key. Its exceptions go to the caller that needs the key; the next caller tries again.</param>
public sealed class AuditKeySource(Func<CancellationToken, Task<AuditKey>> read)
{
    private volatile AuditKey? key;

    /// <summary>A source for a key that is already known.</summary>
    public AuditKeySource(AuditKey key)
        : this(_ => Task.FromResult(key))
    {
    }

    /// <summary>The key. Concurrent callers may each read it, and get the same key.</summary>
    public async ValueTask<AuditKey> GetAsync(CancellationToken ct) => key ??= await read(ct);
}
