using ArchUnitNET.Domain.Extensions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Schema;
using KubeIdP.Server;
using Xunit;

namespace KubeIdP.Architecture.Tests;

/// <summary>Which project may use which. The features of the server have <see cref="FeatureTests"/>.</summary>
public sealed class ArrowTests
{
    private const string Features = "KubeIdP.Server.";

    private static readonly System.Reflection.Assembly Core = typeof(TokenName).Assembly;
    private static readonly System.Reflection.Assembly Ldap = System.Reflection.Assembly.Load("KubeIdP.Ldap");
    private static readonly System.Reflection.Assembly Connectors = System.Reflection.Assembly.Load("KubeIdP.Connectors");
    private static readonly System.Reflection.Assembly Data = typeof(KubeIdpDbContext).Assembly;
    private static readonly System.Reflection.Assembly Cli = System.Reflection.Assembly.Load("kubeidp");
    private static readonly System.Reflection.Assembly Server = typeof(Settings).Assembly;

    private static readonly ArchUnitNET.Domain.Architecture Compiled = new ArchLoader().LoadAssemblies(Core, Connectors, Data, Server)
        .Build();

    [Fact]
    public void Core_depends_on_the_base_library_alone() =>
        Assert.All(ReferencesOf(Core), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    [Fact]
    public void Ldap_depends_on_the_base_library_alone() =>
        Assert.All(ReferencesOf(Ldap), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    // No web, no database, no OpenID Connect: a connector speaks with its upstream and with the seams.
    [Fact]
    public void Connectors_depend_on_Core_Ldap_and_the_base_library_alone() =>
        Assert.All(
            ReferencesOf(Connectors).Except(["KubeIdP.Core", "KubeIdP.Ldap"]), name =>
                Assert.StartsWith("System.", name, StringComparison.Ordinal));

    // It is on people's machines, compiled ahead: no web server, no database, nothing that needs reflection.
    [Fact]
    public void Kubeidp_depends_on_Core_its_libraries_and_the_base_library_alone() =>
        Assert.All(
            ReferencesOf(Cli).Except(
            [
                "KubeIdP.Core",
                "Microsoft.Win32.Primitives", "YamlDotNet",
            ]), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    [Fact]
    public void Only_Connectors_use_Ldap()
    {
        Assert.Contains("KubeIdP.Ldap", ReferencesOf(Connectors));
        Assert.All([Core, Cli, Data, Server], assembly => Assert.DoesNotContain("KubeIdP.Ldap", ReferencesOf(assembly)));
    }

    [Theory]
    [InlineData("KubeIdP.Server")]
    [InlineData("KubeIdP.Connectors")]
    [InlineData("OpenIddict")]
    [InlineData("Microsoft.AspNetCore.Hosting")]
    [InlineData("Microsoft.AspNetCore.Http")]
    [InlineData("Microsoft.AspNetCore.Mvc")]
    [InlineData("Microsoft.AspNetCore.Routing")]
    [InlineData("Microsoft.Extensions.Hosting")]
    public void Data_does_not_know(string stranger) =>
        Assert.DoesNotContain(ReferencesOf(Data), name => name.StartsWith(stranger, StringComparison.Ordinal));

    [Theory]
    [InlineData("Login", "Factors")]
    [InlineData("Factors", "Login")]
    public void The_steps_of_a_login_do_not_know_each_other(string feature, string other) => AssertDoesNotKnow(feature, other);

    // This shows that the loader sees arrows at all.
    [Fact]
    public void The_loader_sees_what_the_settings_are_made_of() =>
        Assert.Contains(ArrowsFrom("KubeIdP.Server.Settings"), target => IsIn(target, "Tokens"));

    private static void AssertDoesNotKnow(string feature, string other)
    {
        var arrows =
            from type in Compiled.Types
            where IsIn(type, feature)
            from target in type.GetTypeDependencies(Compiled)
            where IsIn(target, other)
            select $"{type.FullName} → {target.FullName}";

        // Of a feature that has another name by now the rule would hold for ever.
        Assert.All((string[])[feature, other], name => Assert.Contains(Compiled.Types, type => IsIn(type, name)));
        Assert.True(!arrows.Any(), string.Join('\n', arrows.Distinct()));
    }

    private static IEnumerable<IType> ArrowsFrom(string type) =>
        Compiled.Types.Where(candidate => candidate.FullName == type).SelectMany(found => found.GetTypeDependencies(Compiled));

    private static bool IsIn(IType type, string feature) =>
        type.FullName.StartsWith($"{Features}{feature}.", StringComparison.Ordinal);

    private static IEnumerable<string> ReferencesOf(System.Reflection.Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(name => name.Name!);
}
