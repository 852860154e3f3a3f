using KubeIdP.Testing.Kubernetes;
using Xunit;

namespace KubeIdP.Server.Tests.Kubernetes;

/// <summary>What all that need a real cluster say when there is none.</summary>
internal static class KubernetesTests
{
    public static void SkipWithout(params string[] programs)
    {
        if (KubernetesPrograms.ReasonToSkip(programs) is { } reason) Assert.Skip(reason);
    }
}
