namespace KubeIdP.Server.Clusters;

/// <summary>The commands that use a downloaded kubeconfig, for each shell.</summary>
internal static class KubeconfigCommands
{
    /// <summary>Uses the file where the browser has stored it.</summary>
    /// <param name="shell">The shell of the person.</param>
    /// <param name="file">The name of the file.</param>
    public static string Try(Shell shell, string file) => shell switch
    {
        Shell.Bash => $"kubectl --kubeconfig ~/Downloads/{file} auth whoami",
        Shell.PowerShell => $"kubectl --kubeconfig $HOME\\Downloads\\{file} auth whoami",
        _ => throw new ArgumentOutOfRangeException(nameof(shell)),
    };

    /// <summary>
    /// Adds the file to the person's own kubeconfig, whose entries stay as they are. A copy is kept. PowerShell's redirections would write
    /// UTF-16 or a byte order mark, which kubectl does not read.
    /// </summary>
    /// <param name="shell">The shell of the person.</param>
    /// <param name="file">The name of the file.</param>
    /// <param name="context">The context to use from now on.</param>
    public static string Add(Shell shell, string file, string context) => shell switch
    {
        Shell.Bash => $"""
            mkdir -p ~/.kube && touch ~/.kube/config && cp ~/.kube/config ~/.kube/config.before
            (umask 077; KUBECONFIG=~/.kube/config:~/Downloads/{file} kubectl config view --flatten > ~/.kube/config.new)
            mv ~/.kube/config.new ~/.kube/config
            kubectl config use-context {context}
            """,
        Shell.PowerShell => $$"""
            New-Item -ItemType Directory -Force $HOME\.kube | Out-Null
            if (Test-Path $HOME\.kube\config) { Copy-Item $HOME\.kube\config $HOME\.kube\config.before }
            $env:KUBECONFIG = "$HOME\.kube\config;$HOME\Downloads\{{file}}"
            [IO.File]::WriteAllLines("$HOME\.kube\config.new", (kubectl config view --flatten))
            Remove-Item Env:KUBECONFIG
            Move-Item -Force $HOME\.kube\config.new $HOME\.kube\config
            kubectl config use-context {{context}}
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(shell)),
    };
}
