namespace KubeIdP.Data.Storage;

/// <summary>
/// Which rights our account lacks in a PostgreSQL. It asks the catalogue, which everybody may read: what a statement that is refused says is the table alone, and
/// of the tables only the first.
/// </summary>
public static class DatabaseRights
{
    /// <summary>All tables of the schema; a test compares them with the model.</summary>
    public static readonly IReadOnlyList<string> Tables =
    [
        "audit_events", "audit_keys", "audit_seals", "chores", "data_protection_keys", "factors", "failure_counters", "former_names", "grants", "people",
        "recovery_codes", "sent_forms", "sessions", "setup_links", "signing_keys", "used_assertions",
    ];

    private const string FindSchema = """
        SELECT quote_ident(current_user::text), quote_ident(n.nspname), has_schema_privilege(n.oid, 'USAGE'), pg_table_is_visible(c.oid), n.oid::bigint
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'grants' AND c.relkind IN ('r', 'p') AND EXISTS (SELECT 1 FROM pg_class o WHERE o.relname = 'audit_seals' AND o.relnamespace = c.relnamespace)
        ORDER BY 4 DESC, 3 DESC LIMIT 1
        """;

    private const string FindTables = """
        SELECT name, string_agg(right_, ', ' ORDER BY position)
        FROM (SELECT c.relname AS name, c.oid FROM pg_class c
              WHERE c.relnamespace = @schema::oid AND c.relkind IN ('r', 'p') AND c.relname IN (SELECT jsonb_array_elements_text(@tables::jsonb))) AS tables,
             (VALUES ('SELECT', 1), ('INSERT', 2), ('UPDATE', 3), ('DELETE', 4)) AS rights (right_, position)
        WHERE NOT has_table_privilege(oid, right_) AND (name <> '__EFMigrationsHistory' OR right_ = 'SELECT')
        GROUP BY name ORDER BY name
        """;

    /// <summary>What is missing and the statement that fixes it, as a text for administrators; null: nothing, or there is no schema yet.</summary>
    public static async Task<string?> FindMissingAsync(Database database, CancellationToken ct)
    {
        if (!database.IsPostgres) return null;

        await using var connection = await database.OpenAsync(ct);
        await using var find = database.Command(connection, FindSchema);
        string account, schema;
        long number;
        await using (var row = await find.ExecuteReaderAsync(ct))
        {
            if (!await row.ReadAsync(ct)) return null;

            (account, schema, number) = (row.GetString(0), row.GetString(1), row.GetInt64(4));
            if (!row.GetBoolean(2)) return $"The account {account} lacks USAGE on the schema {schema}. As its owner: GRANT USAGE ON SCHEMA {schema} TO {account};";
            if (!row.GetBoolean(3))
                return $"The tables of this server are in the schema {schema}, which is not in the search_path of the account {account}. Set it: ALTER ROLE {account} SET search_path = {schema};";
        }

        await using var tables = database.Command(connection, FindTables, ("schema", number), ("tables", TextList.Write([.. Tables, "__EFMigrationsHistory"])));
        await using var lacks = await tables.ExecuteReaderAsync(ct);
        var missing = new List<string>();
        while (await lacks.ReadAsync(ct)) missing.Add($"{lacks.GetString(1)} on {lacks.GetString(0)}");
        return missing is [] ? null : $"The account {account} lacks {string.Join("; ", missing)}. As the owner of the tables: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {account};";
    }
}
