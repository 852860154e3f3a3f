namespace KubeIdP.Server.Enrolment;

public sealed record EnrolmentOptions
{
    /// <summary>
    /// Until the end of this day (UTC), at most 30 days ahead, people of a directory set up their first second factor with their password alone: for a
    /// roll-out, when nobody has one yet. Whoever has somebody's password can do it in their place as long as it lasts. Default: never; an enrolment code
    /// is needed.
    /// </summary>
    public DateOnly? OpenUntil { get; init; }

    internal DateTimeOffset? OpenBefore => OpenUntil is { } day ? new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null;

    internal bool IsOpenAt(DateTimeOffset now) => now < OpenBefore;
}
