namespace KubeIdP.Server.Factors;

/// <summary>The closed set of results of checking an answer.</summary>
internal abstract record FactorVerdict
{
    private FactorVerdict()
    {
    }

    public sealed record Right : FactorVerdict;

    /// <param name="Reason">For the log and the audit log.</param>
    public sealed record Wrong(string Reason) : FactorVerdict;

    /// <summary>The answer can't be checked, because the stored secrets of the factors can't be opened.</summary>
    public sealed record Unreadable : FactorVerdict;
}
