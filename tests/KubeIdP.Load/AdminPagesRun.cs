using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using Npgsql;

namespace KubeIdP.Load;

/// <summary>Every page of the administration, with each filter, in a real browser over a database with very many sessions.</summary>
internal static class AdminPagesRun
{
    /// <summary>From the click to the page that is all there.</summary>
    private const double MaxMs = 300;

    /// <summary>For the one page that counts every open grant of everybody, and can't do with less.</summary>
    private const double MaxMsToCountAll = 500;

    private const int Visits = 4;

    private static readonly string[] Paths =
    [
        "/admin/sessions", "/admin/sessions?person=Person+77", "/admin/sessions?person=matches-nobody", "/admin/sessions?group=rare",
        "/admin/sessions?group=team-7", "/admin/sessions?group=platform",
        "/admin/sessions?group=matches-nobody", "/admin/sessions?client=prod", "/admin/sessions?client=web",
        "/admin/sessions?address=10.0.7.7", "/admin/sessions?age=LastHour", "/admin/sessions?age=OverEightHours",
        "/admin/sessions?factor=otp", "/admin/sessions?factor=hwk",
        "/admin/sessions?group=team-7&age=OverEightHours&client=prod&factor=mfa", "/admin/sessions?person=Person+77&group=platform",
        "/admin/sessions/s500",
        "/admin/people", "/admin/people?search=Person+77", "/admin/people?search=matches-nobody", "/admin/people?group=rare",
        "/admin/people?group=platform", "/admin/people?group=matches-nobody", "/admin/people?status=Disabled",
        "/admin/sessions/end", "/admin/sessions/end?group=group7", "/admin/people?upstream=corp", "/admin/people/person77",
        "/admin/people/person77/end-sessions", "/admin/people/person77/disable", "/admin/people/add",
        "/admin/audit", "/admin/audit?type=login.succeeded", "/admin/audit?type=key.created", "/admin/audit?person=user77",
        "/admin/audit?person=matches-nobody", "/admin/audit?session=s500", "/admin/audit?client=prod",
        "/admin/audit?address=10.0.7.7", "/admin/audit?type=login.refused&address=10.9.9.9", "/admin/audit?from=2020-01-01T00%3A00",
        "/admin/reports", "/admin/reports?group=rare", "/admin/reports?group=matches-nobody", "/admin/reports?dormant=90",
        "/admin/reports?weak=true&upstream=corp", "/admin/reports/clients",
    ];

    public static async Task<int> ExecuteAsync(Storage storage, int sessions, bool json, CancellationToken ct)
    {
        await using var postgres = storage == Storage.Postgres ? await PostgresServer.StartNewAsync(ct, durable: true) : null;
        var connection = postgres is null ? null : await postgres.CreateDatabaseAsync(ct);
        await using var issuer = new IssuerProcess($"""
            issuer: https://localhost:{Ports.Free()}
            {(connection is null ? "" : $"masterKeyFile: {Replicas.NewMasterKey()}")}
            {(connection is null ? "" : $"database: {{ postgres: \"{connection}\" }}")}
            clusters: {"{"} kubernetes: {"{}"}, prod: {"{}"} {"}"}
            """);
        if (connection is not null) (await issuer.RunAsync(["migrate"], ct: ct)).Succeeded();
        await issuer.StartAsync(ct);
        var root = await issuer.AddAccountAsync("root", ct, "admins");
        await using (DbConnection database = connection is null
            ? new SqliteConnection($"Data Source={Path.Combine(issuer.DataDirectory, "kubeidp.db")}")
            : new NpgsqlConnection(connection))
        {
            await database.OpenAsync(ct);
            foreach (var statement in Seed(sessions, nothing: connection is null ? "X''" : "''::bytea"))
            {
                await using var command = database.CreateCommand();
                command.CommandText = statement;
                command.CommandTimeout = 600;
                await command.ExecuteNonQueryAsync(ct);
            }
        }

        await using var chromium = new Chromium();
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        await SignInAsync(page, issuer, root, ct);

        var slow = 0;
        var results = new List<object>();
        foreach (var path in Paths)
        {
            var times = new List<double>();
            for (var visit = 0; visit < Visits; visit++) times.Add(await TimeAsync(page, new Uri(issuer.Issuer, path)));

            // The first one opens statements and plans for it, and an administrator meets it as well.
            var (first, warm) = (times[0], times.Skip(1).Order().ToList().At(0.5));
            var isSlow = Math.Max(first, warm) > (path == "/admin/reports/clients" ? MaxMsToCountAll : MaxMs);
            if (isSlow) slow++;
            results.Add(new { path, firstMs = first, medianMs = warm });
            if (!json)
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{(isSlow ? "slow" : "ok  ")}  first {first,6:F0} ms  then {warm,6:F0} ms  {path}"));
        }

        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new { sessions, storage = $"{storage}".ToLowerInvariant(), slow, pages = results }));
        return slow == 0 ? 0 : 1;
    }

    private static async Task<double> TimeAsync(IPage page, Uri address)
    {
        var response = await page.GotoAsync(address.ToString());
        if (response is not { Status: 200 }) throw new InvalidOperationException($"{address} answered {response?.Status}.");

        return await page.EvaluateAsync<double>("performance.getEntriesByType('navigation')[0].loadEventStart");
    }

    private static async Task SignInAsync(IPage page, IssuerProcess issuer, Account root, CancellationToken ct)
    {
        await page.GotoAsync(new Uri(issuer.Issuer, "/admin").ToString());
        await page.SignInFirstAsync(root, ct);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Who is signed in" }).WaitForAsync();
    }

    /// <summary>
    /// A person for ten sessions, a grant or two for each session, and their audit events, as though all of them had a checkpoint. The same
    /// SQL on both databases, but for <paramref name="nothing"/>, bytes that are none.
    /// </summary>
    private static IEnumerable<string> Seed(int sessions, string nothing)
    {
        var people = Math.Max(1, sessions / 10);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        yield return $"""
            INSERT INTO people (id, connector, upstream_id, display_name, groups, groups_read_at, created_at, factor_epoch, factor_failures,
                user_name, normalized_user_name, email, normalized_email, email_confirmed)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people})
            SELECT 'person' || i, 'corp', 'id' || i, 'Person ' || i,
                CASE WHEN i % 3000 = 7 THEN '["platform","rare"]' ELSE '["platform","team-' || (i % 200) || '"]' END, {now}, {now}, 0, 0,
                'user' || i, 'user' || i, 'user' || i || '@example.com', 'user' || i || '@example.com', false FROM n
            """;
        yield return $"""
            INSERT INTO sessions (id, person_id, auth_time, amr, address, user_agent, last_seen_at, ends_at)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sessions})
            SELECT 's' || i, 'person' || (i % {people} + 1), {now} - i * 300, 'pwd otp mfa', '10.0.' || (i % 200) || '.' || (i % 250),
                'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0',
                {now} - i * 30, {now} + 43200000 - i * 300 FROM n
            """;
        foreach (var (prefix, client, where) in ((string, string, string)[])[("g", "kubernetes", "1 = 1"), ("h", "prod", "i % 3 = 0")])
        {
            yield return $"""
                INSERT INTO grants (id, session_id, client_id, scopes, current_generation, created_at, code_redeemed_at, rotated_at,
                    last_used_at, refreshes, last_verdict, ends_at)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sessions})
                SELECT '{prefix}' || i, 's' || i, '{client}', 'openid', 5, {now} - i * 300, {now} - i * 300, {now} - i * 30,
                    {now} - i * 30, 4, 0, {now} + 43200000 - i * 300 FROM n WHERE {where}
                """;
        }

        foreach (var type in (string[])["login.succeeded", "grant.opened", "session.ended"])
        {
            yield return $"""
                INSERT INTO audit_events (at, type, actor, person_id, session_id, client_id, address, reference, code, checkpoint)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sessions})
                SELECT {now} - i * 300, '{type}', 'person' || (i % {people} + 1), 'person' || (i % {people} + 1), 's' || i,
                    CASE WHEN i % 3 = 0 THEN 'prod' ELSE 'kubernetes' END, '10.0.' || (i % 200) || '.' || (i % 250),
                    'ref' || i, {nothing}, 0 FROM n
                """;
        }

        // PostgreSQL does so by itself within a minute; SQLite goes without.
        yield return "ANALYZE";
    }
}
