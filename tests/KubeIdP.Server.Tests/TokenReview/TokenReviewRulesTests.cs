using KubeIdP.Server.Clients;
using KubeIdP.Server.TokenReview;
using Xunit;

namespace KubeIdP.Server.Tests.TokenReview;

public sealed class TokenReviewRulesTests
{
    private static readonly string Hash = ClientSecret.HashOf("a credential");

    [Fact]
    public void A_hash_for_a_cluster_is_fine() => Assert.Empty(Check(("prod", With(Hash))));

    [Fact]
    public void Anything_but_a_hash_is_named() =>
        Assert.StartsWith("clusters.prod.tokenReview.secretHash", Assert.Single(Check(("prod", With("the credential itself")))),
            StringComparison.Ordinal);

    // Its holder would be two clusters at once.
    [Fact]
    public void Two_clusters_with_one_credential_are_named() => Assert.Equal(2, Check(("prod", With(Hash)), ("staging", With(Hash))).Count);

    [Fact]
    public void An_empty_audience_is_named() =>
        Assert.Single(Check(("prod", new ClusterOptions { TokenReview = new() { ApiAudiences = [" "] } })));

    private static ClusterOptions With(string hash) => new() { TokenReview = new() { SecretHash = hash } };

    private static List<string> Check(params (string Id, ClusterOptions Client)[] clients) =>
        [.. TokenReviewRules.Check(clients.ToDictionary(client => client.Id, client => client.Client))
            .Select(fault => $"{fault.Place}: {fault.What}")];
}
