namespace KubeIdP.Server.PersonalData;

public sealed record PersonalDataOptions
{
    /// <summary>
    /// So long after somebody was removed, or was last found gone from their directory, what is kept of them is erased as by people erase: at least 90 days,
    /// for which their user name is kept from others, such as 365.00:00:00. Sessions that are over are deleted after 30 days in any case, facts of the audit
    /// as audit.retention says. Default: kept until somebody erases it.
    /// </summary>
    public TimeSpan? EraseAfter { get; init; }
}
