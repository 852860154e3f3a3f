using KubeIdP.Data.Factors;

namespace KubeIdP.Server.Factors;

/// <summary>The result of checking the first answer for a new factor.</summary>
internal abstract record FirstAnswer
{
    private FirstAnswer()
    {
    }

    public sealed record Right(FirstFactor Factor) : FirstAnswer;

    /// <param name="Result">Anything but <see cref="FactorResult.Right"/>.</param>
    public sealed record Refused(FactorResult Result) : FirstAnswer;
}
