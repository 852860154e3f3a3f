using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace KubeIdP.Architecture.Tests;

/// <summary>Every room with every other.</summary>
public sealed class CombinatorialArrowsAttribute(string[] rooms, string[] others) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. rooms.SelectMany(room => others.Select(other => new TheoryDataRow(room, other)))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
