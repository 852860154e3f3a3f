using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Enrolment;

internal static class EnrolmentRules
{
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public static IEnumerable<SettingsFault> Check(EnrolmentOptions enrolment, DateTimeOffset now)
    {
        if (enrolment.OpenUntil is { } until && new DateTimeOffset(until, TimeOnly.MinValue, TimeSpan.Zero) - now > Longest)
            yield return new("enrolment.openUntil",
                $"{EffectiveSettings.Text(until)} is more than {Longest.Days} days ahead: enrolment with only a password must not be "
                + $"open for so long.", "Choose an earlier day; it can be postponed later.");
    }
}
