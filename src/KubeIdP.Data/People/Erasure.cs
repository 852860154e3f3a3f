namespace KubeIdP.Data.People;

/// <summary>What came of erasing a person.</summary>
public abstract record Erasure
{
    private Erasure()
    {
    }

    /// <param name="Events">How many audit events had something personal in them.</param>
    public sealed record Done(long Events) : Erasure;

    public sealed record NotFound : Erasure;

    /// <summary>They may still sign in. Whoever is to be forgotten is disabled or removed first.</summary>
    public sealed record StillActive : Erasure;
}
