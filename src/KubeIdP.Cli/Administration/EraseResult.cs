namespace KubeIdP.Cli.Administration;

/// <summary>The closed set of results of <see cref="IAdministration.EraseAsync"/>.</summary>
internal abstract record EraseResult
{
    private EraseResult()
    {
    }

    /// <param name="AuditEvents">In how many audit events personal data was erased.</param>
    public sealed record Done(long AuditEvents) : EraseResult;

    /// <summary>The person may still sign in, and must be disabled or removed first.</summary>
    public sealed record StillActive : EraseResult;
}
