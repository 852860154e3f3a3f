using KubeIdP.Server.Tests.Processes;
using Xunit;

namespace KubeIdP.Server.Tests;

/// <summary>
/// The classes that need most of the machine for themselves: replicas that race, servers that are killed, a domain controller. They run one
/// after the other, from the first moment on, while the light ones run beside them.
/// </summary>
[CollectionDefinition(nameof(OneAtATime))]
public sealed class OneAtATime : ICollectionFixture<SharedReplicas>;
