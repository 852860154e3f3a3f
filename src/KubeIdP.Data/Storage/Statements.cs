using System.Data.Common;

namespace KubeIdP.Data.Storage;

internal static class Statements
{
    /// <summary>Runs a statement inside a transaction, or by itself; the number of rows that it changed.</summary>
    public static async Task<int> ExecuteAsync(
        this Database database, DbConnection connection, DbTransaction? transaction, string text, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = database.Command(connection, text, parameters);
        command.Transaction = transaction;
        return await command.ExecuteNonQueryAsync(ct);
    }
}
