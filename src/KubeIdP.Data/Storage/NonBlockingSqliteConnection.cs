using System.Data;
using System.Data.Common;
using System.Diagnostics;
using KubeIdP.Core.Network;
using Microsoft.Data.Sqlite;

namespace KubeIdP.Data.Storage;

/// <summary>
/// Waits for the lock of another writer without blocking a thread. SQLite and its driver block the calling thread: a handful of requests
/// behind one long transaction would block all threads, and the process could not even report that it is alive.
/// </summary>
/// <remarks>
/// This works only for asynchronous calls, which is everything in a server. Each attempt fails immediately if there is a lock, and a
/// statement that found a lock has changed nothing.
/// </remarks>
internal sealed class NonBlockingSqliteConnection : SqliteConnection
{
    /// <summary>The SQL function that returns whether an address or network is in an <see cref="AddressRange"/>.</summary>
    public const string IsInRange = "address_is_in_range";

    /// <summary>
    /// The key in <see cref="Exception.Data"/> of an exception for the database that it came from, which SQLite's own messages do not name.
    /// </summary>
    public const string File = "file";

    private const int Busy = 5;
    private const int Locked = 6;

    /// <summary>With this value the driver never waits: it first checks whether this much time has passed.</summary>
    private const int NoWaiting = -1;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(25);

    public NonBlockingSqliteConnection(string connectionString)
        : base(connectionString) => CreateFunction<string?, string, bool>(
            IsInRange, static (address, range) =>
                address is not null && AddressRange.Parse(address) is { } found && AddressRange.Parse(range)!.Value.Contains(found),
                    isDeterministic: true);

    public override int DefaultTimeout => NoWaiting;

    public override SqliteCommand CreateCommand() => new NonBlockingCommand { Connection = this, Transaction = Transaction };

    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        await TryAsync(
            DataSource,
            () =>
            {
                if (State is not ConnectionState.Open) Open();
                SqliteDurability.Apply(this, busyTimeout: TimeSpan.Zero);
                return true;
            },
            cancellationToken);
    }

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel,
        CancellationToken cancellationToken) =>
        await TryAsync(DataSource, () => BeginTransaction(isolationLevel), cancellationToken);

    /// <summary>Real time, not the clock of the statements, because other processes hold their locks in real time.</summary>
    private static async Task<T> TryAsync<T>(string file, Func<T> act, CancellationToken ct)
    {
        var (began, pause) = (Stopwatch.GetTimestamp(), FirstDelay);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                return act();
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode is Busy or Locked && Stopwatch.GetElapsedTime(began) < Longest)
            {
                await Task.Delay(pause, CancellationToken.None);
                if (ct.IsCancellationRequested) throw new OperationCanceledException(fault.Message, fault, ct);
                pause = pause * 2 < MaxDelay ? pause * 2 : MaxDelay;
            }
            catch (SqliteException fault)
            {
                fault.Data[File] = file;
                throw;
            }
        }
    }

    private sealed class NonBlockingCommand : SqliteCommand
    {
        /// <summary>Callers can't change it: 0 would wait for ever and block the thread.</summary>
        public override int CommandTimeout
        {
            get => NoWaiting;
            set { }
        }

        public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) =>
            TryAsync(Connection!.DataSource, ExecuteNonQuery, cancellationToken);

        public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) =>
            TryAsync(Connection!.DataSource, ExecuteScalar, cancellationToken);

        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior,
            CancellationToken cancellationToken) =>
            await TryAsync(Connection!.DataSource, () => ExecuteReader(behavior), cancellationToken);
    }
}
