using System.Data.Common;

namespace KubeIdP.Data.Storage;

/// <summary>A transaction. Without <see cref="CommitAsync"/> it is rolled back.</summary>
public sealed class UnitOfWork : Statements, IAsyncDisposable
{
    private readonly DbConnection connection;
    private readonly DbTransaction transaction;

    internal UnitOfWork(Database database, DbConnection connection, DbTransaction transaction)
    {
        Database = database;
        this.connection = connection;
        this.transaction = transaction;
    }

    internal Database Database { get; }

    /// <summary>
    /// Waits for the lock, which the transaction holds until its end. SQLite lets one transaction write at a time anyway.
    /// </summary>
    /// <param name="number">One of <see cref="AdvisoryLocks"/>.</param>
    /// <param name="ct">If it is cancelled in time, nothing was locked.</param>
    internal async Task LockAsync(long number, CancellationToken ct)
    {
        if (Database.IsPostgres) await ExistsAsync("SELECT pg_advisory_xact_lock(@number)", ct, ("number", number));
    }

    /// <summary>Takes the lock until the end of the transaction; returns false immediately if another transaction has it.</summary>
    internal async Task<bool> TryLockAsync(long number, CancellationToken ct) =>
        !Database.IsPostgres
            || await FindValueAsync("SELECT pg_try_advisory_xact_lock(@number) AS taken", row => row.Flag("taken"), ct, ("number", number))
            is true;

    public Task CommitAsync(CancellationToken ct) => transaction.CommitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private protected override ValueTask<Statement> PrepareAsync(string sql, (string Name, object? Value)[] parameters,
        CancellationToken ct)
    {
        var command = Database.Command(connection, sql, parameters);
        command.Transaction = transaction;
        return ValueTask.FromResult(new Statement(command, connection: null));
    }
}
