namespace KubeIdP.Server.Tokens;

/// <summary>What became of a code that was presented.</summary>
internal enum CodeUse
{
    Redeemed,

    /// <summary>Nothing was used up.</summary>
    Refused,

    /// <summary>It had been redeemed before, or its grant has ended meanwhile; the grant is over.</summary>
    Replayed,
}
