namespace KubeIdP.Cli.Store;

/// <summary>The issuer of the last login: <c>default.json</c>.</summary>
/// <param name="Folder">Its folder, within that of the state.</param>
internal sealed record DefaultRecord(int Version, string Issuer, string Folder)
{
    public const int CurrentVersion = 1;
}
