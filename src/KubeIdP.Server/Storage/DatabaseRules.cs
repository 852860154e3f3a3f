using KubeIdP.Server.Configuration;
using Npgsql;

namespace KubeIdP.Server.Storage;

internal static class DatabaseRules
{
    private static readonly string[] TakesChanges = ["any", "primary", "prefer-primary", "read-write"];

    public static IEnumerable<SettingsFault> Check(DatabaseOptions database, string? masterKeyFile)
    {
        if (database.Postgres is not null)
        {
            // One made on the first start would differ from replica to replica, and vanish with a container's disk.
            if (masterKeyFile is null)
                yield return new("masterKeyFile", "With PostgreSQL the master key must come from a file that all replicas share, and none is named.",
                    "Make one with: (umask 077; openssl rand -base64 32 > master.key) and name it as masterKeyFile.");

            foreach (var fault in CheckConnection(database)) yield return fault;
        }
        else if (database.PasswordFile is not null)
        {
            yield return new("database.passwordFile", "There is a password for PostgreSQL but no connection string.", "Set database.postgres, or remove the password file.");
        }

        foreach (var fault in FileRules.Readable("database.passwordFile", database.PasswordFile)) yield return fault;
        foreach (var fault in FileRules.Readable("masterKeyFile", masterKeyFile)) yield return fault;
    }

    private static IEnumerable<SettingsFault> CheckConnection(DatabaseOptions database)
    {
        NpgsqlConnectionStringBuilder? connection = null;
        try
        {
            connection = new NpgsqlConnectionStringBuilder(database.Postgres);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // The reason stays unsaid: it quotes what stands around the error, and that may be the password.
        }

        if (string.IsNullOrEmpty(connection?.Host))
            yield return new("database.postgres", "The connection string can't be read or names no host.",
                "Write it with Npgsql's keywords, such as Host=db;Database=kubeidp;Username=kubeidp (not as a postgres:// URL), and put values with ; or = in double quotes.");
        else if (connection.Password is not null && database.PasswordFile is not null)
            yield return new("database.passwordFile", "The password stands in the connection string and in a file.", "Remove \"Password\" from database.postgres.");

        if (connection?.TargetSessionAttributes is { } target && !TakesChanges.Contains(target, StringComparer.OrdinalIgnoreCase))
            yield return new("database.postgres", $"\"Target Session Attributes={target}\" may lead to a standby, which takes no changes.", "Write primary, or leave it out.");
    }
}
