namespace KubeIdP.Server.Keys;

/// <summary>The master key that is to follow the configured one, while a command wraps everything by it; null at all other times.</summary>
internal sealed record NextMasterKey(MasterKey? Key);
