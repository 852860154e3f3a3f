namespace KubeIdP.Data.People;

/// <summary>The result of erasing a person.</summary>
public abstract record Erasure
{
    private Erasure()
    {
    }

    /// <param name="Events">How many audit events contained personal data.</param>
    public sealed record Done(long Events) : Erasure;

    public sealed record NotFound : Erasure;

    /// <summary>The person may still sign in, and must be disabled or removed first.</summary>
    public sealed record StillActive : Erasure;
}
