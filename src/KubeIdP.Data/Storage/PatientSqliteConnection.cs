using System.Data;
using System.Data.Common;
using System.Diagnostics;
using KubeIdP.Core.Network;
using Microsoft.Data.Sqlite;

namespace KubeIdP.Data.Storage;

/// <summary>
/// Waits for the lock of another writer without holding a thread. SQLite waits in the thread that asks, and so does its driver: a handful of requests behind
/// one long transaction would be all threads that there are, and nobody could say any more that this process is alive.
/// </summary>
/// <remarks>Of what runs asynchronously alone, which is everything of a server; each try is without waiting, and a statement that found a lock has done nothing.</remarks>
internal sealed class PatientSqliteConnection : SqliteConnection
{
    /// <summary>The SQL function that says whether an address, or a network, is in an <see cref="AddressRange"/>.</summary>
    public const string IsInRange = "address_is_in_range";

    /// <summary>The key in <see cref="Exception.Data"/> of an exception that says which database it came from: SQLite's own words don't.</summary>
    public const string File = "file";

    private const int Busy = 5;
    private const int Locked = 6;

    /// <summary>The driver asks whether more than this has passed before it waits, so that it never does.</summary>
    private const int NoWaiting = -1;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(25);

    public PatientSqliteConnection(string connectionString)
        : base(connectionString) => CreateFunction<string?, string, bool>(
            IsInRange, static (address, range) => address is not null && AddressRange.Parse(address) is { } found && AddressRange.Parse(range)!.Value.Contains(found), isDeterministic: true);

    public override int DefaultTimeout => NoWaiting;

    public override SqliteCommand CreateCommand() => new PatientCommand { Connection = this, Transaction = Transaction };

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

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken) =>
        await TryAsync(DataSource, () => BeginTransaction(isolationLevel), cancellationToken);

    /// <summary>Real time: a lock is held for as long as it is, whatever the clock of the statements says.</summary>
    private static async Task<T> TryAsync<T>(string file, Func<T> act, CancellationToken ct)
    {
        var (began, pause) = (Stopwatch.GetTimestamp(), FirstPause);
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
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (SqliteException fault)
            {
                fault.Data[File] = file;
                throw;
            }
        }
    }

    private sealed class PatientCommand : SqliteCommand
    {
        /// <summary>Whatever somebody grants it: 0 would be for ever, in the thread.</summary>
        public override int CommandTimeout
        {
            get => NoWaiting;
            set { }
        }

        public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) => TryAsync(Connection!.DataSource, ExecuteNonQuery, cancellationToken);

        public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) => TryAsync(Connection!.DataSource, ExecuteScalar, cancellationToken);

        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
            await TryAsync(Connection!.DataSource, () => ExecuteReader(behavior), cancellationToken);
    }
}
