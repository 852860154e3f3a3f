using System.Buffers.Binary;
using KubeIdP.Data.Guessing;

namespace KubeIdP.Server.Onboarding;

/// <summary>
/// How many codes may be tried with one setup link. There is no person yet on whose row they could be counted, so the link has a counter of its own
/// among those of failed passwords.
/// </summary>
internal sealed class SetupTries(FailureStore failures)
{
    public const int PerLink = 20;

    private static readonly FailureCount None = new(0, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, default);

    /// <summary>False when all are used up: then no code may be looked at.</summary>
    public Task<bool> CountAsync(byte[] linkHash, CancellationToken ct) => failures.CountAsync(BucketOf(linkHash), None, PerLink, SetupLinks.Lifetime * 24, ct);

    private static int BucketOf(byte[] linkHash) => (int)(BinaryPrimitives.ReadUInt32BigEndian(linkHash) % FailureCounter.Buckets);
}
