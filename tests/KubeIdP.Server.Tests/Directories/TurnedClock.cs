namespace KubeIdP.Server.Tests.Directories;

/// <summary>The real clock, turned forward by a test; timers keep the real pace.</summary>
internal sealed class TurnedClock : TimeProvider
{
    private TimeSpan turned;

    public void Turn(TimeSpan by) => turned += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + turned;
}
