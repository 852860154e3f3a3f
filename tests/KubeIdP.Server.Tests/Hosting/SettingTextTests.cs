using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tests.Web;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Hosting;

/// <summary>Text of the configuration passes the check that every text passes.</summary>
public sealed class SettingTextTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("brand:\n  name: \"Ku\\u202EbeIdP\"", "brand.name", "U+202E")]
    [InlineData("brand:\n  notice: \"a\\uFFFEb\"", "brand.notice", "U+FFFE")]
    [InlineData("issuer: \"https://idp.exa\\u200Bmple.com\"", "issuer", "U+200B")]
    [InlineData("dataDirectory: \"da\\0ta\"", "dataDirectory", "U+0000")]
    [InlineData("admin:\n  groups: [ \"local:adm\\u2028ins\" ]", "admin.groups[0]", "U+2028")]
    [InlineData("clusters:\n  prod:\n    redirectUris: [ \"http://localhost:8000/\\uFFFF\" ]", "clusters.prod.redirectUris[0]", "U+FFFF")]
    [InlineData("clusters:\n  \"pr\\u200Dod\":\n    redirectUris: [ \"http://localhost:8000\" ]", "pr\\u{200D}od", "U+200D")]
    [InlineData("clusters:\n  prod:\n    groups:\n      rename: { \"a\\u00ADb\": \"c\" }", "a\\u{00AD}b", "U+00AD")]
    [InlineData("\"iss\\u202Euer\": \"https://idp.example.com\"", "iss\\u{202E}uer", "no key")]
    [InlineData("clients:\n  prod:\n    kind: \"we\\u200Bb\"", "clients.prod.kind", "U+200B")]
    public void A_value_that_hides_something_is_named(string yaml, string key, string what)
    {
        var fault = Assert.Single(FaultsOf(yaml, new()), fault => fault.What.Contains(key, StringComparison.Ordinal));

        Assert.Contains(what, fault.What, StringComparison.Ordinal);
        Assert.StartsWith("kubeidp.yaml:", fault.Place, StringComparison.Ordinal);
        Assert.DoesNotContain(FaultsOf(yaml, new()), one => HostileTexts.StandIn($"{one}"));
    }

    [Fact]
    public void A_variable_that_hides_something_is_named()
    {
        var fault = Assert.Single(FaultsOf("", new() { ["KUBEIDP__BRAND__NAME"] = "Ku\u202ebeIdP" }));

        Assert.Contains("U+202E", fault.What, StringComparison.Ordinal);
        Assert.Equal("KUBEIDP__BRAND__NAME", fault.Place);
    }

    // A variable's name is the place of its fault, and may hold anything.
    [Theory]
    [InlineData("KUBEIDP__ISS\u001b[2JUER", "KUBEIDP__ISS\\u{001B}[2JUER")]
    [InlineData("KUBEIDP__CLIENTS__a\u202eb__KIND", "KUBEIDP__CLIENTS__a\\u{202E}b__KIND")]
    public void The_place_of_a_fault_is_shown_with_what_it_hides(string variable, string shown)
    {
        using var output = new StringWriter();
        new SettingsFaults(FaultsOf("", new() { [variable] = "web" })).Print(output);

        Assert.Contains($"\n{shown}\n", output.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.False(HostileTexts.StandIn(output.ToString()), $"{output}");
    }

    [Fact]
    public void A_value_of_several_lines_is_one() =>
        Assert.Empty(FaultsOf("brand:\n  notice: |\n    For staff.\n    Everything is logged.\n", new()));

    private IReadOnlyList<SettingsFault> FaultsOf(string yaml, Dictionary<string, string> environment)
    {
        folder.Write("kubeidp.yaml", yaml);
        return SettingsLoader.Load(null, folder.Path, environment) is SettingsAnswer.Unusable unusable ? [.. unusable.Faults] : [];
    }
}
