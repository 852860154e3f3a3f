namespace KubeIdP.Data.Sessions;

/// <summary>What the one UPDATE decided.</summary>
/// <param name="Verdict">How the presented generation stood to the grant.</param>
/// <param name="Generation">The generation to issue; meaningless after <see cref="GrantVerdict.Replayed"/>.</param>
public readonly record struct GrantUse(GrantVerdict Verdict, int Generation);
