namespace KubeIdP.Data.Factors;

/// <summary>What became of a removal.</summary>
public enum FactorRemoval
{
    Removed,

    /// <summary>There is no such factor of this person, or the session is over.</summary>
    NotFound,

    /// <summary>It is the last one: without it a password alone would be all that is left.</summary>
    LastOne,
}
