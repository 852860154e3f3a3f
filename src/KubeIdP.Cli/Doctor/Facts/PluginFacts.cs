namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>The plugin on this machine.</summary>
/// <param name="MissingProgram">The program that is not there; null if all are.</param>
/// <param name="VersionOutput">What kubelogin said about its version; null if it was not asked, or did not answer.</param>
/// <param name="Cached">The tokens of kubelogin's cache.</param>
/// <param name="KnownClients">Issuer and client of every context of the kubeconfigs.</param>
/// <param name="OtherLogins">Folders of logins of kubeidp at the same issuer that the kubeconfig does not use.</param>
internal sealed record PluginFacts(
    string? MissingProgram, string? VersionOutput, IReadOnlyList<CachedToken> Cached,
    IReadOnlyList<(string Issuer, string ClientId)> KnownClients, IReadOnlyList<string> OtherLogins);

/// <summary>A file of kubelogin's cache.</summary>
/// <param name="Size">Of what it would store in a keyring, in bytes.</param>
internal sealed record CachedToken(string File, TokenClaims Claims, int Size);
