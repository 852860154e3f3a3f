using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Upstreams;

/// <summary>What a directory's answers show beside a person reaches those who can do something about it.</summary>
public sealed class RemarkTests(CorpOnSqlite running) : DirectoryTests(running, running.Corp), IClassFixture<CorpOnSqlite>
{
    private static readonly (string, string)[] LeftOut = [("upstream", "corp"), ("reason", "notallowed")];

    [Fact]
    public async Task A_group_that_is_left_out_is_in_the_metric_each_time_and_in_the_audit_once_a_day()
    {
        using var measured = new Measured(Issuer);
        var before = measured.Now("kubeidp.upstream.groups.left_out", LeftOut);
        var alice = await LogInFromCorpAsync();
        var group = $"cn={Guid.NewGuid():N},dc=test";
        var known = (UpstreamAnswer.Known)await Corp.LookUpAsync(alice.UpstreamId, Ct);
        Corp.Set(alice.UpstreamId,
            known with { Remarks =
                [new UpstreamRemark.GroupLeftOut(group, GroupFault.NotAllowed, "its name is longer than 256 characters")] });

        Later(61);
        var first = (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Succeeded();
        Later(61);
        var second = (await Kubectl.RefreshAsync(first.RefreshToken!, Ct)).Succeeded();

        Assert.Equal(["platform"], Strings(second.Claims.GetProperty("groups")));
        Assert.Equal(before + 2, measured.Now("kubeidp.upstream.groups.left_out", LeftOut));
        Assert.Equal([$"corp: The group {group} is left out: its name is longer than 256 characters."],
            await DetailsAsync(AuditEventType.UpstreamGroupLeftOut, group));
    }

    // A series that begins with its first event shows no increase.
    [Fact]
    public void Every_reason_has_a_series_from_the_start()
    {
        using var measured = new Measured(Issuer);

        foreach (var fault in Enum.GetValues<GroupFault>())
            Assert.True(
                measured.Now("kubeidp.upstream.groups.left_out", ("upstream", "corp"),
                    ("reason", fault.ToString().ToLowerInvariant())) >= 0);
        Assert.True(measured.Now("kubeidp.upstream.names.shared", ("upstream", "corp")) >= 0);
        Assert.True(measured.Now("kubeidp.token.groups.left_out", ("client", "kubernetes")) >= 0);
    }

    [Fact]
    public async Task A_name_of_several_people_is_reported_when_somebody_types_it()
    {
        using var measured = new Measured(Issuer);
        var before = measured.Now("kubeidp.upstream.names.shared", ("upstream", "corp"));
        var alice = await LogInFromCorpAsync();
        var what = $"The name {alice.UpstreamId} is uid of two people: nobody can sign in with it.";
        Corp.Set(alice.UpstreamId, new UpstreamAnswer.Refused(Refusal.Ambiguous) { Remarks = [new UpstreamRemark.NameShared(what)] });
        using var browser = Issuer.CreateBrowser();

        var page = await (await browser.GoAsync("/account", Ct)).Fill("Username", $"{alice.Account.Username}").Fill("Password", Password)
            .PressAsync("Sign in", Ct);

        Assert.True(page.HasField("Password"), page.ToString());
        Assert.DoesNotContain("two people", page.Content, StringComparison.Ordinal);
        Assert.Equal(before + 1, measured.Now("kubeidp.upstream.names.shared", ("upstream", "corp")));
        Assert.Equal([$"corp: {what}"], await DetailsAsync(AuditEventType.UpstreamNameShared, alice.UpstreamId));
    }

    private async Task<List<string?>> DetailsAsync(string type, string about)
    {
        await using var context = Database.CreateContext();
        return await context.AuditEvents.AsNoTracking().Where(entry => entry.Type == type && entry.Detail!.Contains(about))
            .Select(entry => entry.Detail).ToListAsync(Ct);
    }
}

/// <summary>A prefix that a client's groups have may make names that no token holds.</summary>
public sealed class ClientPrefixTests(PrefixedClient running) : DirectoryTests(running, running.Corp), IClassFixture<PrefixedClient>
{
    [Fact]
    public async Task A_group_that_can_not_have_the_prefix_of_a_client_is_left_out_and_reported_once()
    {
        using var measured = new Measured(Issuer);
        var group = new string('x', 250) + "-last";
        var alice = await LogInFromCorpAsync("platform", group);

        Later(61);
        var tokens = (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Succeeded();

        Assert.Equal(["everywhere:platform"], Strings(tokens.Claims.GetProperty("groups")));
        Assert.Equal(2, measured.Now("kubeidp.token.groups.left_out", ("client", "kubernetes")));
        await using var context = Database.CreateContext();
        var reported = Assert.Single(await context.AuditEvents.AsNoTracking()
            .Where(entry => entry.Type == AuditEventType.TokenGroupLeftOut).ToListAsync(Ct));
        Assert.Equal("kubernetes", reported.ClientId);
        Assert.Contains("is longer than 256 characters", reported.Detail, StringComparison.Ordinal);
    }
}

public sealed class PrefixedClient : IssuerOnSqlite
{
    public ScriptedConnector Corp { get; } = new();

    protected override IReadOnlyList<IConnector> Directories => [Corp];

    protected override Settings Change(Settings settings) => settings with
    {
        Clusters = settings.Clusters.ToDictionary(client => client.Key,
            client => client.Key == "kubernetes"
                ? client.Value with { Groups = new ClientGroupOptions { Prefix = "everywhere:" } }
                : client.Value),
    };
}
