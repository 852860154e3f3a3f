using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Schema;

/// <summary>
/// Finds the rights that the server's account lacks in PostgreSQL. It reads the catalogue, which every account may do, because the error of
/// a refused statement names only the first table.
/// </summary>
public static class DatabaseRights
{
    /// <summary>All tables of the schema; a test compares them with the model.</summary>
    public static readonly IReadOnlyList<string> Tables =
    [
        "audit_checkpoints", "audit_events", "audit_keys", "data_protection_keys", "device_requests", "factors", "failure_counters",
        "former_names", "grants", "jobs", "people", "recovery_codes", "sent_forms", "sessions", "setup_links",
        "signing_keys", "used_assertions",
    ];

    private const string FindSchema = """
        SELECT quote_ident(current_user::text) AS account, quote_ident(n.nspname) AS name, has_schema_privilege(n.oid, 'USAGE') AS may_use,
            pg_table_is_visible(c.oid) AS is_visible, n.oid::bigint AS number
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'grants' AND c.relkind IN ('r', 'p') AND EXISTS (SELECT 1 FROM pg_class o
            WHERE o.relname = 'audit_checkpoints' AND o.relnamespace = c.relnamespace)
        ORDER BY is_visible DESC, may_use DESC LIMIT 1
        """;

    private const string FindTables = """
        SELECT name, string_agg(right_, ', ' ORDER BY position) AS rights
        FROM (SELECT c.relname AS name, c.oid FROM pg_class c
              WHERE c.relnamespace = @schema::oid AND c.relkind IN ('r', 'p')
                  AND c.relname IN (SELECT jsonb_array_elements_text(@tables::jsonb))) AS tables,
             (VALUES ('SELECT', 1), ('INSERT', 2), ('UPDATE', 3), ('DELETE', 4)) AS rights (right_, position)
        WHERE NOT has_table_privilege(oid, right_) AND (name <> '__EFMigrationsHistory' OR right_ = 'SELECT')
        GROUP BY name ORDER BY name
        """;

    /// <summary>
    /// What is missing and the statement that fixes it, as a text for administrators; null if nothing is missing or there is no schema yet.
    /// </summary>
    public static async Task<string?> FindMissingAsync(Database database, CancellationToken ct)
    {
        if (!database.IsPostgres) return null;

        if (await database.FindAsync(FindSchema, Found, ct) is not { } schema) return null;

        var (account, name) = (schema.Account, schema.Name);
        if (!schema.MayUse)
            return $"The account {account} lacks USAGE on the schema {name}. As its owner: GRANT USAGE ON SCHEMA {name} TO {account};";
        if (!schema.IsVisible)
        {
            return $"The tables of this server are in the schema {name}, which is not in the search_path of the account {account}. "
                + $"Set it: ALTER ROLE {account} SET search_path = {name};";
        }

        IReadOnlyList<string> tables = [.. Tables, "__EFMigrationsHistory"];
        var missing = await database.ListAsync(FindTables, row => $"{row.Text("rights")} on {row.Text("name")}", ct,
            ("schema", schema.Number), ("tables", tables));
        return missing is []
            ? null
            : $"The account {account} lacks {string.Join("; ", missing)}. "
                + $"As the owner of the tables: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {name} TO {account};";
    }

    private static Schema Found(Row row) =>
        new(row.Text("account"), row.Text("name"), row.Flag("may_use"), row.Flag("is_visible"), row.Long("number"));

    private sealed record Schema(string Account, string Name, bool MayUse, bool IsVisible, long Number);
}
