namespace KubeIdP.Data.Audit;

/// <summary>
/// The audit key of this database, read when it is first needed: it lies in the database, wrapped by the master key, so it can't be had before the schema is
/// there. A server reads it at start, before anything is written.
/// </summary>
/// <param name="read">Reads it; what it throws is thrown to whoever needs the key, and the next one tries again.</param>
public sealed class AuditKeySource(Func<CancellationToken, Task<AuditKey>> read)
{
    private volatile AuditKey? key;

    /// <summary>A key that is known already.</summary>
    public AuditKeySource(AuditKey key)
        : this(_ => Task.FromResult(key))
    {
    }

    /// <summary>The key. Several who ask at once may each read it, and get the same.</summary>
    public async ValueTask<AuditKey> GetAsync(CancellationToken ct) => key ??= await read(ct);
}
