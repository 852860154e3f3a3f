namespace KubeIdP.Server.Keys;

/// <summary>The state of a signing key.</summary>
internal enum KeyState
{
    /// <summary>Published, so that clusters know it before they see a token of it; signs nothing yet.</summary>
    Announced,

    Signing,

    /// <summary>No longer signs; published until everything that it signed has expired.</summary>
    Superseded,

    /// <summary>No longer published. It still validates ID tokens in an <c>id_token_hint</c> at logout.</summary>
    Withdrawn,

    /// <summary>Retired manually: nothing that it signed is valid.</summary>
    Retired,
}
