namespace KubeIdP.Data.Factors;

/// <summary>The result of removing a factor.</summary>
public enum FactorRemoval
{
    Removed,

    /// <summary>There is no such factor of this person, or the session is over.</summary>
    NotFound,

    /// <summary>It is the last factor; without it only the first proof would be left.</summary>
    LastOne,
}
