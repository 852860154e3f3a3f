using KubeIdP.Server.Tests;
using KubeIdP.Testing.Browsers;
using Xunit;

// One browser for everybody: a test has a context of its own in it, which shares nothing with the others.
[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
