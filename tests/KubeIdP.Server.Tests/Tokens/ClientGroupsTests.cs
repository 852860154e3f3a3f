using KubeIdP.Server.Clients;
using Xunit;

namespace KubeIdP.Server.Tests.Tokens;

public sealed class ClientGroupsTests
{
    private static readonly string[] Groups = ["k8s-admins", "k8s-guests", "staff", "system:masters"];

    [Fact]
    public void Without_options_all_groups_go_into_the_token_but_those_of_kubernetes_itself() =>
        Assert.Equal(["k8s-admins", "k8s-guests", "staff"], Of(new()));

    [Fact]
    public void What_is_included_and_not_excluded_stays() =>
        Assert.Equal(["k8s-admins"], Of(new() { Include = ["k8s-*"], Exclude = ["*guests"] }));

    [Fact]
    public void A_pattern_is_no_expression() =>
        Assert.Empty(Of(new() { Include = ["k8s.*", "sta.f", "STAFF"] }));

    [Fact]
    public void A_renamed_group_has_that_name_and_the_others_have_the_prefix() =>
        Assert.Equal(["admins", "corp:k8s-guests", "corp:staff"],
            Of(new() { Rename = new Dictionary<string, string> { ["k8s-admins"] = "admins" }, Prefix = "corp:" }));

    private static string[] Of(ClientGroupOptions options) => new ClientGroups(options).Of(Groups);
}
