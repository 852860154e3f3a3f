namespace KubeIdP.Data.Sessions;

/// <summary>What the one UPDATE decided.</summary>
/// <param name="Verdict">How the presented generation relates to the grant.</param>
/// <param name="Generation">The generation to issue; meaningless after <see cref="GrantVerdict.Replayed"/>.</param>
/// <param name="At">
/// When the UPDATE began, by the database's clock: everything that ended the grant before that was seen, and a wait for the row lock comes
/// after it.
/// </param>
public readonly record struct GrantUse(GrantVerdict Verdict, int Generation, DateTimeOffset At);
