using System.Net;
using System.Text.Json;
using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

/// <summary>What introspection says of people whose directory answers, refuses, or does not answer.</summary>
public sealed class IntrospectionOutageTests(CorpOnSqlite running) : DirectoryTests(running, running.Corp), IClassFixture<CorpOnSqlite>
{
    [Fact]
    public async Task A_directory_that_does_not_answer_past_its_grace_makes_no_token_inactive_but_is_an_outage()
    {
        var person = await LogInFromCorpAsync();
        var tokens = await Web.LogInAsync(Issuer.CreateBrowser(), person.Account, Ct, ("scope", "openid groups offline_access"));
        Corp.Set(person.UpstreamId, new UpstreamAnswer.Unreachable("down"));
        Later((14 * 60) + 30);
        tokens = (await Web.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();

        using var within = await AskAsync(tokens.AccessToken);
        Later(50);
        using var after = await AskAsync(tokens.AccessToken);
        var identity = new UpstreamIdentity(Corp.Id, person.UpstreamId, person.Account.Username, null, null, false, ["back"]);
        Corp.Set(person.UpstreamId, new UpstreamAnswer.Known(identity));
        using var again = await AskAsync(tokens.AccessToken);

        Assert.Contains("\"active\":true", await CompactAsync(within), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, after.StatusCode);
        Assert.NotNull(after.Headers.RetryAfter);
        Assert.DoesNotContain("active", await after.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Contains("\"groups\":[\"back\"]", await CompactAsync(again), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_whom_the_directory_refuses_has_no_active_token()
    {
        var person = await LogInFromCorpAsync();
        var tokens = await Web.LogInAsync(Issuer.CreateBrowser(), person.Account, Ct, ("scope", "openid offline_access"));
        Later(50);
        tokens = (await Web.RefreshAsync(tokens.RefreshToken!, Ct)).Succeeded();
        Corp.Set(person.UpstreamId, new UpstreamAnswer.Refused(Refusal.Disabled));

        Later(20);
        using var response = await AskAsync(tokens.AccessToken);

        Assert.Equal("""{"active":false}""", await CompactAsync(response));
    }

    // The answer is indented.
    private static async Task<string> CompactAsync(HttpResponseMessage response) =>
        JsonSerializer.Serialize(JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement);

    private Task<HttpResponseMessage> AskAsync(string token) => Web.PostAsync("connect/introspect", Ct, ("token", token));
}
