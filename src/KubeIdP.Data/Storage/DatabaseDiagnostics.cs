namespace KubeIdP.Data.Storage;

/// <param name="What">What is wrong with the database.</param>
/// <param name="Fix">What to do.</param>
public sealed record DatabaseFault(string What, string Fix)
{
    public override string ToString() => $"{What} {Fix}";
}

/// <summary>Checks what a database must have before a server can use it, whatever its schema. It changes nothing.</summary>
public static class DatabaseDiagnostics
{
    /// <summary>All faults. If the database does not answer, the exception of the driver is thrown.</summary>
    public static async Task<IReadOnlyList<DatabaseFault>> FindFaultsAsync(Database database, CancellationToken ct) =>
        database.IsPostgres ? await FaultsOfEncodingAsync(database, ct) : [];

    // Names in a directory may not be representable in another encoding; PostgreSQL would refuse them at the login.
    private static async Task<IReadOnlyList<DatabaseFault>> FaultsOfEncodingAsync(Database database, CancellationToken ct)
    {
        var encoding = await database.TextAsync("SELECT current_setting('server_encoding')", ct);
        return encoding == "UTF8"
            ? []
            : [new($"The encoding of the database is {encoding} and not UTF8, so not every name could be stored.",
                "Create another with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and set database.postgres to it.")];
    }
}
