namespace KubeIdP.Server.Enrolment;

public sealed record EnrolmentOptions
{
    /// <summary>
    /// Until the end of this day (UTC), at most 30 days ahead, people of a directory can set up their first second factor with only their
    /// password: for a roll-out, when nobody has one yet. During that time, anyone who has the password of a person can do it in their
    /// place. Default: never; an enrolment code is required.
    /// </summary>
    public DateOnly? OpenUntil { get; init; }

    internal DateTimeOffset? OpenBefore =>
        OpenUntil is { } day ? new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null;

    internal bool IsOpenAt(DateTimeOffset now) => now < OpenBefore;
}
