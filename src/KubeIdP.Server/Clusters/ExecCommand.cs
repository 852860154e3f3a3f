using KubeIdP.Core.Clusters;

namespace KubeIdP.Server.Clusters;

/// <summary>
/// The program that fetches the tokens of a cluster, and its arguments: the one source for the kubeconfig and for the kubectl commands that
/// write the same into an existing one.
/// </summary>
/// <param name="Command">The name of a program in a folder of the PATH.</param>
/// <param name="Args">Without quotes of any shell.</param>
internal sealed record ExecCommand(string Command, IReadOnlyList<string> Args)
{
    /// <param name="plugin">The program of the cluster's configuration.</param>
    /// <param name="issuer">The issuer URL, byte for byte.</param>
    /// <param name="clientId">The cluster.</param>
    /// <param name="authority">
    /// The argument of <see cref="AuthorityData"/> or <see cref="AuthorityFile"/>; null if machines trust the issuer's certificate anyway.
    /// </param>
    public static ExecCommand Of(ExecPlugin plugin, string issuer, string clientId, string? authority)
    {
        string[] trust = authority is null ? [] : [authority];
        return plugin switch
        {
            ExecPlugin.Kubelogin => new(ProgramOf(plugin),
            [
                "get-token", $"--oidc-issuer-url={issuer}", $"--oidc-client-id={clientId}", .. trust,

                // In the file for everybody, so that one file serves all systems: Windows' Credential Manager takes 2,560 bytes at most
                // (CRED_MAX_CREDENTIAL_BLOB_SIZE), and an ID token with groups beside a refresh token is longer. kubelogin 1.32.0 and
                // 1.32.1 tried it by default; later versions have this default.
                "--token-cache-storage=disk",
            ]),
            ExecPlugin.Kubeidp => new(ProgramOf(plugin), ["token", clientId, $"--issuer={issuer}", .. trust]),
            _ => throw new ArgumentOutOfRangeException(nameof(plugin)),
        };
    }

    /// <summary>The name of the program, which must be in a folder of the PATH.</summary>
    public static string ProgramOf(ExecPlugin plugin) => plugin switch
    {
        // By the name of the file that "kubectl oidc-login" looks for. With "kubectl" as the command, the hint would never be shown when
        // the plugin is missing, programs without kubectl beside them could not sign in, a list of allowed plugins would have to allow all
        // of kubectl, and a kubectl that asks the server for its version before it does anything would start itself forever.
        ExecPlugin.Kubelogin => "kubectl-oidc_login",
        ExecPlugin.Kubeidp => "kubeidp",
        _ => throw new ArgumentOutOfRangeException(nameof(plugin)),
    };

    /// <summary>Embeds the certificate authority of the issuer.</summary>
    public static string AuthorityData(string pem) => $"--certificate-authority-data={Kubeconfig.DataOf(pem)}";

    /// <summary>Names a file with it: an absolute path, because kubectl runs in any folder.</summary>
    public static string AuthorityFile(string path) => $"--certificate-authority={path}";
}
