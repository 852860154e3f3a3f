namespace KubeIdP.Data.Storage;

/// <param name="What">What is wrong with the database.</param>
/// <param name="Fix">What to do.</param>
public sealed record DatabaseFault(string What, string Fix)
{
    public override string ToString() => $"{What} {Fix}";
}

/// <summary>What a database must have before a server can work in it, whatever its schema. It changes nothing.</summary>
public static class DatabaseDiagnostics
{
    /// <summary>Everything that is wrong. Throws what the driver throws when nobody answers.</summary>
    public static async Task<IReadOnlyList<DatabaseFault>> FindFaultsAsync(Database database, CancellationToken ct) =>
        database.IsPostgres ? await FaultsOfEncodingAsync(database, ct) : [];

    // What people are called in a directory need not fit into any other encoding; PostgreSQL would refuse it when they sign in.
    private static async Task<IReadOnlyList<DatabaseFault>> FaultsOfEncodingAsync(Database database, CancellationToken ct)
    {
        var encoding = await database.TextAsync("SELECT current_setting('server_encoding')", ct);
        return encoding == "UTF8"
            ? []
            : [new($"The encoding of the database is {encoding} and not UTF8, so not every name could be stored.",
                "Make another with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name it in database.postgres.")];
    }
}
