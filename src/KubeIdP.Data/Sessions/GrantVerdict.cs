namespace KubeIdP.Data.Sessions;

/// <summary>What the one UPDATE made of a presented refresh token. Stored as a number: append, never renumber.</summary>
public enum GrantVerdict
{
    /// <summary>Not presented yet.</summary>
    None = 0,

    /// <summary>The current generation: a new one takes its place.</summary>
    Rotated = 1,

    /// <summary>The previous generation within the leeway: parallel kubectl, the same current generation again.</summary>
    Repeated = 2,

    /// <summary>The previous generation later: the answer was lost; a new generation, and the undelivered one is dead.</summary>
    LostAnswer = 3,

    /// <summary>Any other generation: a copy is about, and the grant has ended.</summary>
    Replayed = 4,

    /// <summary>A later generation than the database knows of: the database has lost what it had committed; the presented one is taken as the current one.</summary>
    LostWrite = 5,
}
