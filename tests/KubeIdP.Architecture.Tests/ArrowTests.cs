using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Extensions;
using ArchUnitNET.Loader;
using KubeIdP.Core.Naming;
using KubeIdP.Data;
using KubeIdP.Server;
using Xunit;

namespace KubeIdP.Architecture.Tests;

/// <summary>Who may know whom. A rule about a room that does not exist yet holds.</summary>
public sealed class ArrowTests
{
    private const string Rooms = "KubeIdP.Server.";

    private static readonly System.Reflection.Assembly Core = typeof(TokenName).Assembly;
    private static readonly System.Reflection.Assembly Connectors = System.Reflection.Assembly.Load("KubeIdP.Connectors");
    private static readonly System.Reflection.Assembly Data = typeof(KubeIdpDbContext).Assembly;
    private static readonly System.Reflection.Assembly Server = typeof(Settings).Assembly;

    private static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader().LoadAssemblies(Core, Connectors, Data, Server).Build();

    [Fact]
    public void Core_depends_on_the_base_library_alone() =>
        Assert.All(ReferencesOf(Core), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    // No web, no database, no OpenID Connect: a connector speaks with its upstream and with the seams.
    [Fact]
    public void Connectors_depend_on_Core_and_the_base_library_alone() =>
        Assert.All(ReferencesOf(Connectors), name => Assert.True(name == "KubeIdP.Core" || name.StartsWith("System.", StringComparison.Ordinal), name));

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
    public void The_steps_of_a_login_do_not_know_each_other(string room, string other) => AssertDoesNotKnow(room, other);

    // They are called from everywhere, so an arrow back would close a circle.
    [Theory]
    [CombinatorialArrows(["Sessions", "Directories", "Audit"], ["Authorize", "Login", "Factors", "Tokens", "Commands"])]
    public void What_all_rooms_call_never_calls_back(string room, string caller) => AssertDoesNotKnow(room, caller);

    // This shows that the loader sees arrows at all.
    [Fact]
    public void The_loader_sees_what_the_settings_are_made_of() =>
        Assert.Contains(ArrowsFrom("KubeIdP.Server.Settings"), target => IsIn(target, "Tokens"));

    private static void AssertDoesNotKnow(string room, string other)
    {
        var arrows =
            from type in House.Types
            where IsIn(type, room)
            from target in type.GetTypeDependencies(House)
            where IsIn(target, other)
            select $"{type.FullName} → {target.FullName}";

        // Of a room that has another name by now the rule would hold for ever.
        Assert.All((string[])[room, other], name => Assert.Contains(House.Types, type => IsIn(type, name)));
        Assert.True(!arrows.Any(), string.Join('\n', arrows.Distinct()));
    }

    private static IEnumerable<IType> ArrowsFrom(string type) => House.Types.Where(candidate => candidate.FullName == type).SelectMany(found => found.GetTypeDependencies(House));

    private static bool IsIn(IType type, string room) =>
        type.FullName.StartsWith($"{Rooms}{room}.", StringComparison.Ordinal);

    private static IEnumerable<string> ReferencesOf(System.Reflection.Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(name => name.Name!);
}
