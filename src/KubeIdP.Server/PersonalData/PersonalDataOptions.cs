namespace KubeIdP.Server.PersonalData;

public sealed record PersonalDataOptions
{
    /// <summary>
    /// The retention of the personal data of people who were removed or are gone from their directory; after it their data is erased as
    /// with the command people erase. At least 90 days, the reservation of their user name; for example 365.00:00:00. Ended sessions are
    /// deleted after 30 days in any case, and audit events as audit.retention says. Default: stored until somebody erases it.
    /// </summary>
    public TimeSpan? EraseAfter { get; init; }
}
