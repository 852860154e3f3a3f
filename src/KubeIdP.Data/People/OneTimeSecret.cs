namespace KubeIdP.Data.People;

/// <summary>A secret that is handed out once and stored as its SHA-256. It is random, so a slow hash would not make it safer.</summary>
public sealed record OneTimeSecret(byte[] Hash, TimeSpan Lifetime);
