namespace KubeIdP.Data.Storage;

/// <summary>Runs the statements of one search; ends with it.</summary>
/// <param name="statements">The connection or transaction in which they run.</param>
/// <param name="transaction">The transaction that ends with the search; null if there is none.</param>
internal sealed class Search(Statements statements, UnitOfWork? transaction) : IAsyncDisposable
{
    public Statements Statements => statements;

    public ValueTask DisposeAsync() => transaction?.DisposeAsync() ?? ValueTask.CompletedTask;
}
