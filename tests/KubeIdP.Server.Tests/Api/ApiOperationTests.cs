using System.Text.Json;
using System.Text.Json.Nodes;
using KubeIdP.Data.Audit;
using Xunit;

namespace KubeIdP.Server.Tests.Api;

/// <summary>What can be seen and done.</summary>
public abstract class ApiOperationTests(ClassIssuer shared, bool postgres) : ApiTests(shared, postgres)
{
    private static readonly object Why = new { reason = "lost laptop" };

    [Fact]
    public async Task A_change_has_its_reason_and_who_asked_for_it_in_the_audit()
    {
        var (_, root) = await PersonAsync("root", "admins");
        await Running.AddAccountAsync("bob", Ct, "dev");
        await Running.AddAccountAsync("carol", Ct, "dev");
        var (bob, carol) = (await IdOfAsync("bob"), await IdOfAsync("carol"));

        Assert.True((await PostAsync(root.AccessToken, $"/people/{bob}/disable", Why)).Succeeded().GetProperty("changed").GetBoolean());
        Assert.False((await PostAsync(root.AccessToken, $"/people/{bob}/disable", Why)).Succeeded().GetProperty("changed").GetBoolean());
        (await PostAsync(await ServiceTokenAsync(), $"/people/{carol}/disable", Why)).Succeeded();
        var without = await PostAsync(root.AccessToken, $"/people/{carol}/enable", new { });
        var twoLines = await PostAsync(root.AccessToken, $"/people/{carol}/enable", new { reason = "a\nb" });

        Assert.Equal((400, "application/problem+json", 400), (without.Status, without.Type, twoLines.Status));
        var auditEvents = await AuditAsync(AuditEventType.PersonDisabled);
        Assert.Equal([(await IdOfAsync("root"), bob), ("client:robot", carol)],
            auditEvents.Select(auditEvent => (auditEvent.Actor!, auditEvent.PersonId!)));
        Assert.All(auditEvents, auditEvent => Assert.Equal(("lost laptop", "203.0.113.7"), (auditEvent.Reason, auditEvent.Address)));
        Assert.All(auditEvents, auditEvent => Assert.NotNull(auditEvent.Reference));
        Assert.Empty(await AuditAsync(AuditEventType.PersonEnabled));
    }

    // What a program shows to an administrator; it could not tell by itself.
    [Fact]
    public async Task A_name_of_several_scripts_is_marked()
    {
        await Running.AddAccountAsync("anna", Ct, "dev");
        await Running.AddAccountAsync("\u0430nna", Ct, "dev");
        var token = await ServiceTokenAsync();

        foreach (var (name, isMixed) in ((string, bool)[])[("anna", false), ("\u0430nna", true)])
        {
            var listed = Assert.Single((await GetAsync(token, $"/people?username={Uri.EscapeDataString(name)}")).Succeeded()
                .GetProperty("items").EnumerateArray());
            var shown = (await GetAsync(token, $"/people/{await IdOfAsync(name)}")).Succeeded();
            Assert.All([listed, shown], person => Assert.Equal(isMixed, person.GetProperty("mixesScripts").GetBoolean()));
        }
    }

    [Fact]
    public async Task A_session_is_seen_and_ended()
    {
        var (_, alice) = await PersonAsync("alice");
        var (session, token) = (alice.Claims.GetProperty("sid").GetString()!, await ServiceTokenAsync());
        using var client = Running.CreateClient("admin-cli");

        var listed = (await GetAsync(token, "/sessions?person=ali")).Succeeded().GetProperty("items");
        Assert.Equal((session, "alice", "203.0.113.5"),
            Assert.Single(listed.EnumerateArray()) is var only
                ? (only.GetProperty("id").GetString(), only.GetProperty("username").GetString(), only.GetProperty("address").GetString())
                : default);
        Assert.Equal("browser", listed[0].GetProperty("kind").GetString());
        Assert.Single((await GetAsync(token, "/sessions?person=ali&kind=browser")).Succeeded().GetProperty("items").EnumerateArray());
        foreach (var filter in (string[])["person=nobody", "person=ali&kind=device"])
            Assert.Empty((await GetAsync(token, $"/sessions?{filter}")).Succeeded().GetProperty("items").EnumerateArray());
        Assert.Equal(400, (await GetAsync(token, "/sessions?kind=1")).Status);
        var grant = (await GetAsync(token, $"/sessions/{session}")).Succeeded().GetProperty("grants")[0].GetProperty("id").GetString();

        Assert.True((await PostAsync(token, $"/sessions/{session}/grants/{grant}/end", Why)).Succeeded().GetProperty("changed")
            .GetBoolean());
        Assert.Equal("invalid_grant", (await client.RefreshAsync(alice.RefreshToken!, Ct)).Error);
        Assert.True((await GetAsync(token, $"/sessions/{session}")).Succeeded().GetProperty("isLive").GetBoolean());
        Assert.True((await PostAsync(token, $"/sessions/{session}/end", Why)).Succeeded().GetProperty("changed").GetBoolean());
        Assert.False((await PostAsync(token, $"/sessions/{session}/end", Why)).Succeeded().GetProperty("changed").GetBoolean());
        Assert.False((await GetAsync(token, $"/sessions/{session}")).Succeeded().GetProperty("isLive").GetBoolean());

        foreach (var path in (string[])["/sessions/nothing", "/people/nobody"])
            Assert.Equal((path, 404), (path, (await GetAsync(token, path)).Status));
        Assert.Equal(404, (await PostAsync(token, "/sessions/nothing/end", Why)).Status);
        Assert.Equal(400, (await GetAsync(token, "/sessions?cursor=nonsense")).Status);
    }

    [Theory]
    [InlineData("203.0.113.5", 1)]
    [InlineData("::FFFF:203.0.113.005", 1)]
    [InlineData("203.0.113.0/24", 1)]
    [InlineData("203.0.113.6", 0)]
    [InlineData("2001:db8::/32", 0)]
    public async Task An_address_is_found_however_it_is_spelled(string spelling, int sessions)
    {
        await PersonAsync("alice");
        var token = await ServiceTokenAsync();

        var listed = await GetAsync(token, $"/sessions?person=alice&address={Uri.EscapeDataString(spelling)}");
        var auditEvents = await GetAsync(token,
            $"/audit?type=login.succeeded&personId={await IdOfAsync("alice")}&address={Uri.EscapeDataString(spelling)}");
        var many = await PostAsync(token, "/sessions/end/preview", new { person = "alice", address = spelling });

        Assert.Equal(sessions, listed.Succeeded().GetProperty("items").GetArrayLength());
        Assert.Equal(sessions, auditEvents.Succeeded().GetProperty("items").GetArrayLength());
        Assert.Equal(sessions, many.Succeeded().GetProperty("sessions").GetInt32());
    }

    // Least of all is it a filter that is not there, and so everybody.
    [Theory]
    [InlineData("here")]
    [InlineData("203.0.113")]
    [InlineData("203.0.113.5/33")]
    [InlineData("")]
    public async Task What_is_no_address_is_refused(string text)
    {
        var token = await ServiceTokenAsync();
        var filter = new { address = text };

        Assert.Equal(400, (await GetAsync(token, $"/sessions?address={Uri.EscapeDataString(text)}")).Status);
        Assert.Equal(400, (await GetAsync(token, $"/audit?address={Uri.EscapeDataString(text)}")).Status);
        Assert.Equal(400, (await PostAsync(token, "/sessions/end/preview", filter)).Status);
        Assert.Equal(400, (await PostAsync(token, "/sessions/end", new { filter, sessions = 0, reason = "the end" })).Status);
    }

    // As the command line prints it; the framework alone would not read it in a body.
    [Theory]
    [InlineData("2001-01-01 00:00Z")]
    [InlineData("2001-01-01")]
    [InlineData("2001-01-01T02:00:00.123456789+02:00")]
    public async Task A_moment_means_the_same_in_a_query_and_in_a_body(string since)
    {
        await PersonAsync("alice");
        var token = await ServiceTokenAsync();

        var listed = await GetAsync(token, $"/sessions?person=alice&since={Uri.EscapeDataString(since)}");
        var many = await PostAsync(token, "/sessions/end/preview", new { person = "alice", since });

        Assert.Equal(1, listed.Succeeded().GetProperty("items").GetArrayLength());
        Assert.Equal(1, many.Succeeded().GetProperty("sessions").GetInt32());
    }

    [Theory]
    [InlineData("03/04/2026")]
    [InlineData("9:00")]
    [InlineData("1.5")]
    [InlineData("")]
    public async Task What_several_would_read_as_several_moments_is_refused(string text)
    {
        var token = await ServiceTokenAsync();

        foreach (var name in (string[])["since", "until"])
        foreach (var path in (string[])["/sessions", "/audit"])
            Assert.Equal((path, 400), (path, (await GetAsync(token, $"{path}?{name}={Uri.EscapeDataString(text)}")).Status));
        Assert.Equal(400, (await PostAsync(token, "/sessions/end/preview", new { since = text })).Status);
    }

    [Fact]
    public async Task Many_sessions_end_by_the_number_that_was_seen()
    {
        for (var i = 0; i < 3; i++) await PersonAsync($"leaving{i}", "leaving");
        await PersonAsync("staying", "dev");
        var token = await ServiceTokenAsync();
        var filter = new { group = "leaving" };

        var seen = (await PostAsync(token, "/sessions/end/preview", filter)).Succeeded();
        var wrong = await PostAsync(token, "/sessions/end", new { filter, sessions = 4, reason = "the end" });
        var ended = (await PostAsync(token, "/sessions/end", new { filter, sessions = 3, reason = "the end" })).Succeeded();

        Assert.Equal((3, 3), (seen.GetProperty("sessions").GetInt64(), seen.GetProperty("people").GetInt64()));
        Assert.Equal(409, wrong.Status);
        Assert.Equal(3, ended.GetProperty("ended").GetInt64());
        Assert.Equal(1, (await PostAsync(token, "/sessions/end/preview", new { })).Succeeded().GetProperty("sessions").GetInt64());
    }

    [Fact]
    public async Task A_list_continues_where_its_page_ended()
    {
        var token = await ServiceTokenAsync();
        await using (var context = Database.CreateContext())
        {
            for (var i = 0; i < 120; i++)
                context.Add(
                    new Data.People.Person { Connector = "corp", UpstreamId = $"{i}", UserName = $"person{i:D3}",
                        NormalizedUserName = $"person{i:D3}", CreatedAt = Running.Clock.GetUtcNow() });
            await context.SaveChangesAsync(Ct);
        }

        foreach (var list in (string[])["/people", "/reports/people"])
        {
            var names = new List<string?>();
            for (string? next = ""; next is not null;)
            {
                var page = (await GetAsync(token, $"{list}?upstream=corp&cursor={next}")).Succeeded();
                names.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("username").GetString()));
                next = page.GetProperty("next").GetString();
            }

            Assert.Equal(Enumerable.Range(0, 120).Select(i => $"person{i:D3}"), names);
        }

        Assert.NotEmpty((await GetAsync(token, "/audit?type=key.created")).Succeeded().GetProperty("items").EnumerateArray());
        Assert.Equal(400, (await GetAsync(token, "/audit?type=no.such")).Status);
        Assert.Equal((200, 400, 400),
            ((await GetAsync(token, "/people?status=notEnrolled")).Status, (await GetAsync(token, "/people?status=1")).Status,
                (await GetAsync(token, "/people?status=no-such")).Status));
        Assert.Equal("kubernetes",
            (await GetAsync(token, "/reports/clients")).Succeeded().EnumerateArray().Select(row => row.GetProperty("client").GetString())
                .First(name => name == "kubernetes"));
    }

    [Fact]
    public async Task An_account_from_its_beginning_to_its_end()
    {
        var token = await ServiceTokenAsync();
        var added = (
            await PostAsync(token, "/people",
                new { username = "bob", email = "bob@example.com", groups = new[] { "dev" }, displayName = "Bob Example",
                    reason = "new here" })).Succeeded();
        var bob = added.GetProperty("id").GetString()!;

        Assert.StartsWith("https://idp.example.test/invitation", added.GetProperty("invitationLink").GetString(), StringComparison.Ordinal);
        Assert.Equal("invited", (await GetAsync(token, $"/people/{bob}")).Succeeded().GetProperty("status").GetString());
        Assert.Equal(400, (await PostAsync(token, "/people", new { username = "BOB", reason = "again" })).Status);
        Assert.Equal(400, (await PostAsync(token, "/people", new { username = "system:admin", reason = "why not" })).Status);
        (await CallAsync(token, HttpMethod.Put, $"/people/{bob}/groups", new { Groups = new[] { "ops" }, Reason = "moved" })).Succeeded();
        Assert.Equal(409,
            (await CallAsync(token, HttpMethod.Put, $"/people/{bob}/groups",
                new { groups = new[] { "system:masters" }, reason = "moved" })).Status);
        Assert.Equal(["ops"],
            (await GetAsync(token, $"/people/{bob}")).Succeeded().GetProperty("groups").EnumerateArray()
                .Select(group => group.GetString()));
        Assert.Equal("Bob Example", (await GetAsync(token, $"/people/{bob}")).Succeeded().GetProperty("displayName").GetString());
        (await CallAsync(token, HttpMethod.Put, $"/people/{bob}/display-name", new { displayName = "Bob García", reason = "married" }))
            .Succeeded();
        Assert.Equal(409,
            (await CallAsync(token, HttpMethod.Put, $"/people/{bob}/display-name",
                new { displayName = "system:bob", reason = "married" })).Status);
        Assert.Equal(400,
            (await CallAsync(token, HttpMethod.Put, $"/people/{bob}/display-name",
                new { displayName = "Bob\u202E", reason = "married" })).Status);
        Assert.Equal(400, (await CallAsync(token, HttpMethod.Put, $"/people/{bob}/display-name", Why)).Status);
        Assert.Equal("Bob García", (await GetAsync(token, $"/people/{bob}")).Succeeded().GetProperty("displayName").GetString());
        (await CallAsync(token, HttpMethod.Put, $"/people/{bob}/display-name", new { displayName = "", reason = "wish" })).Succeeded();
        Assert.Null((await GetAsync(token, $"/people/{bob}")).Succeeded().GetProperty("displayName").GetString());
        (await PostAsync(token, $"/people/{bob}/unlock", Why)).Succeeded();
        Assert.StartsWith("https://", (await PostAsync(token, $"/people/{bob}/invite", Why)).Succeeded().GetProperty("secret").GetString(),
            StringComparison.Ordinal);
        Assert.NotEqual("", (await PostAsync(token, $"/people/{bob}/reset-factors", Why)).Succeeded().GetProperty("secret").GetString());
        Assert.Single(
            (await PostAsync(token, "/people/enrolment-codes", new { names = new[] { "bob" }, mail = false, reason = "roll-out" }))
                .Succeeded().GetProperty("codes").EnumerateArray());
        Assert.False((await PostAsync(token, $"/people/{bob}/end-sessions", Why)).Succeeded().GetProperty("changed").GetBoolean());
        Assert.Equal(409, (await PostAsync(token, $"/people/{bob}/erase", Why)).Status);
        Assert.Equal("bob", (await PostAsync(token, $"/people/{bob}/export", Why)).Succeeded().GetProperty("username").GetString());
        (await PostAsync(token, $"/people/{bob}/remove", Why)).Succeeded();
        Assert.True((await PostAsync(token, $"/people/{bob}/erase", Why)).Succeeded().GetProperty("auditEvents").GetInt64() > 0);
        Assert.Equal("(erased)", (await GetAsync(token, $"/people/{bob}")).Succeeded().GetProperty("username").GetString());
    }

    [Theory]
    [InlineData("/people", "{}")]
    [InlineData("/people", "")]
    [InlineData("/people", "null")]
    [InlineData("/people", "not JSON")]
    [InlineData("/people", "{\"reason\":\"x\"}")]
    [InlineData("/people", "{\"username\":\"x\",\"groups\":[null],\"reason\":\"x\"}")]
    [InlineData("/people/enrolment-codes", "{\"reason\":\"x\"}")]
    [InlineData("/people/enrolment-codes", "{\"names\":[null],\"reason\":\"x\"}")]
    [InlineData("/people/enrolment-codes", "{\"names\":[\"x\"],\"upstream\":\"no-such\",\"reason\":\"x\"}")]
    [InlineData("/people/enrolment-codes", "{\"names\":[\"x\"],\"mail\":true,\"reason\":\"x\"}")]
    [InlineData("/sessions/end", "{\"sessions\":0,\"reason\":\"x\"}")]
    [InlineData("/sessions/end", "{\"filter\":{\"since\":\"soon\"},\"sessions\":0,\"reason\":\"x\"}")]
    [InlineData("/sessions/x/end", "{\"reason\":[1]}")]
    public async Task What_is_missing_or_of_another_kind_is_a_problem_of_the_callers(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Issuer}/api/v1{path}")
        {
            Headers = { Authorization = new("Bearer", await ServiceTokenAsync()) },
                Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        using var invoker = new HttpMessageInvoker(Running.CreateHandler());
        using var response = await invoker.SendAsync(request, Ct);
        Assert.Equal((400, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("""{"reason":"x"}""")]
    [InlineData("""{"groups":null,"reason":"x"}""")]
    [InlineData("""{"groups":"dev","reason":"x"}""")]
    [InlineData("""{"groups":{},"reason":"x"}""")]
    [InlineData("""{"groups":[null],"reason":"x"}""")]
    [InlineData("""{"groups":[["dev"]],"reason":"x"}""")]
    [InlineData("""{"groups":[1],"reason":"x"}""")]
    public async Task Forgotten_groups_take_nothing_away(string body)
    {
        await Running.AddAccountAsync("bob", Ct, "dev");
        var (bob, token) = (await IdOfAsync("bob"), await ServiceTokenAsync());

        var refused = await CallAsync(token, HttpMethod.Put, $"/people/{bob}/groups", JsonNode.Parse(body));

        Assert.Equal((400, "groups must be a list of names; an empty list removes all groups."),
            (refused.Status, refused.Json.GetProperty("detail").GetString()));

        Assert.Equal(["dev"],
            (await GetAsync(token, $"/people/{bob}")).Succeeded().GetProperty("groups").EnumerateArray()
                .Select(group => group.GetString()));
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        var (_, root) = await PersonAsync("root", "admins");

        var refused = await PostAsync(root.AccessToken, $"/people/{await IdOfAsync("root")}/disable", Why);

        Assert.Equal((409, JsonValueKind.String), (refused.Status, refused.Json.GetProperty("detail").ValueKind));
    }
}

public sealed class ApiOperationSqliteTests(ClassIssuer shared) : ApiOperationTests(shared, postgres: false);

public sealed class ApiOperationPostgresTests(ClassIssuer shared) : ApiOperationTests(shared, postgres: true);
