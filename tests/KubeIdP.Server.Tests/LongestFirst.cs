using KubeIdP.Server.Tests.Browsers;
using KubeIdP.Server.Tests.Commands;
using KubeIdP.Server.Tests.Deployment;
using KubeIdP.Server.Tests.Documentation;
using KubeIdP.Server.Tests.Instruments;
using KubeIdP.Server.Tests.Login;
using KubeIdP.Server.Tests.Operations;
using KubeIdP.Server.Tests.Processes;
using Xunit.Sdk;
using Xunit.v3;

namespace KubeIdP.Server.Tests;

/// <summary>What takes longest begins first, so that nobody waits for it in the end. The order of all else does not matter.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] First =
    [
        nameof(OneAtATime), nameof(AdminPagesTests), nameof(AccessibilityTests), nameof(GuideTests), nameof(UpgradeTests),
        nameof(DebTests), nameof(KubeidpVerbTests), nameof(LoadGeneratorTests), nameof(ManagementTests),
        nameof(OnboardingPagesTests), nameof(BackChannelLogout), nameof(GuessingTests), nameof(MisconfigurationTests),
        nameof(DefaultsTests), nameof(RaisedAlertTests), nameof(MetricNameTests), nameof(OperatorCommandTests),
        nameof(PublishedTests), nameof(GermanPagesTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : notnull, ITestCollection =>
        [.. testCollections.OrderBy(collection => Place(collection.TestCollectionDisplayName))];

    private static int Place(string collection)
    {
        var place = Array.FindIndex(First, name => collection.Contains(name, StringComparison.Ordinal));
        return place < 0 ? First.Length : place;
    }
}
