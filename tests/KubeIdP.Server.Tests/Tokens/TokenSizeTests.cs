using System.Net;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Server.Tests.Upstreams;
using KubeIdP.Server.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

/// <summary>Somebody in more groups than a token can hold.</summary>
public abstract class TokenSizeTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    [Fact]
    public async Task Beyond_the_limit_nothing_is_issued_and_nothing_is_left_out_and_fewer_groups_make_it_good_again()
    {
        using var measured = new Measured(Issuer);
        var before = measured.Now("kubeidp.id_token.too_large", ("client", "kubernetes"));
        var alice = await LogInFromCorpAsync();
        Corp.Change(alice.UpstreamId,
            person => person with { Groups = [.. Enumerable.Range(0, 500).Select(i => $"a-group-of-some-length-{i}")] });

        Later(61);
        var refused = await Kubectl.RefreshAsync(alice.RefreshToken, Ct);
        Corp.Change(alice.UpstreamId, person => person with { Groups = ["few"] });
        Later(61);
        var good = (await Kubectl.RefreshAsync(alice.RefreshToken, Ct)).Succeeded();

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (refused.Status, refused.Error));
        Assert.Contains("too many groups", refused.ErrorDescription, StringComparison.Ordinal);
        Assert.Single(await AuditOfAsync(AuditEventType.TokenTooLarge, alice.Tokens));
        Assert.Equal(before + 1, measured.Now("kubeidp.id_token.too_large", ("client", "kubernetes")));
        Assert.Contains(measured.Of("kubeidp.id_token.size", ("client", "kubernetes")), size => size > 8192);
        Assert.Equal((alice.Tokens.Generation + 1, "few"), (good.Generation, Strings(good.Claims.GetProperty("groups")).Single()));
    }

    [Fact]
    public async Task A_token_that_is_issued_is_no_larger_than_it_was_estimated()
    {
        // Close below the limit, in letters that take the most bytes.
        var alice = await LogInFromCorpAsync([.. Enumerable.Range(0, 85).Select(i => $"gruppe-äöü-{i:000}-éèê")]);

        var grant = await Issuer.Services.GetRequiredService<GrantStore>().ReadAsync(new GrantId(alice.Tokens.GrantId), Ct);
        var estimate = IdTokenSize.Estimate(grant!.Person, Issuer.Services.GetRequiredService<ClientCatalog>().Find("kubernetes")!,
            TokenClaims.ScopesOf(grant));
        Assert.InRange(alice.Tokens.IdToken.Length, 2_000, estimate);
        Assert.Single(await AuditOfAsync(AuditEventType.TokenLarge, alice.Tokens));
    }
}

public sealed class TokenSizeOnSqlite(CorpOnSqlite running) : TokenSizeTests(running, running.Corp), IClassFixture<CorpOnSqlite>;

public sealed class TokenSizeOnPostgres(CorpOnPostgres running) : TokenSizeTests(running, running.Corp), IClassFixture<CorpOnPostgres>;
