using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Sessions;

internal static class SessionRules
{
    private static readonly TimeSpan Min = TimeSpan.FromMinutes(5);
    // With a longer time, a person who is dismissed during an outage of the upstream could continue into the next day.
    private static readonly TimeSpan MaxGrace = TimeSpan.FromHours(12);
    private static readonly TimeSpan Max = TimeSpan.FromDays(30);

    public static IEnumerable<SettingsFault> Check(SessionOptions sessions)
    {
        if (sessions.AbsoluteLifetime < Min || sessions.AbsoluteLifetime > Max)
            yield return new("sessions.absoluteLifetime", $"{sessions.AbsoluteLifetime} is out of range for the lifetime of a session.",
                $"Choose from {Min} to {Max}; 12:00:00 is the default.");

        if (sessions.UpstreamGrace < TimeSpan.Zero || sessions.UpstreamGrace > MaxGrace)
            yield return new("sessions.upstreamGrace",
                $"{sessions.UpstreamGrace} is out of range for the time to continue without an answer of the upstream.",
                $"Choose from {TimeSpan.Zero} to {MaxGrace}; 00:15:00 is the default.");

        if (sessions.IdleTimeout < Min)
            yield return new("sessions.idleTimeout", $"{sessions.IdleTimeout} would end sessions between two refreshes.",
                $"Choose {Min} or more, or remove the key.");
        else if (sessions.IdleTimeout >= sessions.AbsoluteLifetime)
            yield return new("sessions.idleTimeout",
                $"{sessions.IdleTimeout} is not less than sessions.absoluteLifetime ({sessions.AbsoluteLifetime}), so it would never end "
                + $"a session.",
                "Choose a shorter time, or remove the key.");
    }
}
