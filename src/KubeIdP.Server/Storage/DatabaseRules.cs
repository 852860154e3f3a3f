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
            // A key that is created at the first start would differ between replicas, and be lost with a container's disk.
            if (masterKeyFile is null)
                yield return new("masterKeyFile",
                    "With PostgreSQL the master key must come from a file that all replicas share, but masterKeyFile is not set.",
                    "Create one with: (umask 077; openssl rand -base64 32 > master.key) and set masterKeyFile to it.");

            foreach (var fault in CheckConnection(database)) yield return fault;
        }
        else if (database.PasswordFile is not null)
        {
            yield return new("database.passwordFile", "There is a password for PostgreSQL but no connection string.",
                "Set database.postgres, or remove the password file.");
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
            // The reason is not shown, because it quotes the text around the error, which may be the password.
        }

        if (string.IsNullOrEmpty(connection?.Host))
            yield return new("database.postgres", "The connection string can't be read or names no host.",
                "Write it with Npgsql's keywords, such as Host=db;Database=kubeidp;Username=kubeidp (not as a postgres:// URL), and put "
                    + "values with ; or = in double quotes.");
        else if (connection.Password is not null && database.PasswordFile is not null)
            yield return new("database.passwordFile", "The password is given in the connection string and in a file.",
                "Remove \"Password\" from database.postgres.");

        if (connection?.TargetSessionAttributes is { } target && !TakesChanges.Contains(target, StringComparer.OrdinalIgnoreCase))
            yield return new("database.postgres",
                $"\"Target Session Attributes={target}\" may lead to a standby, which accepts no changes.",
                "Write primary, or leave it out.");
    }
}
