namespace KubeIdP.Data.Sessions;

/// <summary>The verdict of the UPDATE on a presented refresh token. Stored as a number: append, never renumber.</summary>
public enum GrantVerdict
{
    /// <summary>Not presented yet.</summary>
    None = 0,

    /// <summary>The current generation was presented, and a new one replaces it.</summary>
    Rotated = 1,

    /// <summary>The previous generation within the leeway: parallel kubectl, the same current generation again.</summary>
    Repeated = 2,

    /// <summary>
    /// The previous generation later: the answer was lost; a new generation is issued, and the undelivered one is invalid.
    /// </summary>
    LostAnswer = 3,

    /// <summary>Any other generation: somebody has a copy, and the grant has ended.</summary>
    Replayed = 4,

    /// <summary>
    /// A later generation than the current one: the database has lost committed writes; the presented one is accepted as current.
    /// </summary>
    LostWrite = 5,
}
