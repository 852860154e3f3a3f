namespace KubeIdP.Server.Factors;

/// <summary>The closed set of what a kind says of an answer.</summary>
internal abstract record FactorVerdict
{
    private FactorVerdict()
    {
    }

    public sealed record Right : FactorVerdict;

    /// <param name="Reason">For log and audit.</param>
    public sealed record Wrong(string Reason) : FactorVerdict;

    /// <summary>There is nothing to compare with: what is kept of the person's factors does not open.</summary>
    public sealed record Unreadable : FactorVerdict;
}
