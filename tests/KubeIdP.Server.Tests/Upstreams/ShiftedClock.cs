namespace KubeIdP.Server.Tests.Upstreams;

/// <summary>The real clock, set forward by a test; timers are not affected.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private TimeSpan turned;

    public void Turn(TimeSpan by) => turned += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + turned;
}
