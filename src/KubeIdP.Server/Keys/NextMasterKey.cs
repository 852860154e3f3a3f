namespace KubeIdP.Server.Keys;

/// <summary>The new master key while a command rewraps everything; null at all other times.</summary>
internal sealed record NextMasterKey(MasterKey? Key);
