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
    /// Adds the file to the person's own kubeconfig, or brings its entries there up to date; all others stay as they are. Each step is
    /// taken only if the one before it has succeeded: first it is asked whether the file has the context at all, because kubectl takes a
    /// missing file for an empty one. The kubeconfig as it was is copied to a new name each time, and replaced at once; bash follows a
    /// link. KUBECONFIG is left alone outside of the commands.
    /// </summary>
    /// <param name="shell">The shell of the person: bash or any other POSIX shell, or PowerShell from version 5.1.</param>
    /// <param name="file">The name of the file.</param>
    /// <param name="context">The context to use from now on.</param>
    public static string Add(Shell shell, string file, string context) => shell switch
    {
        // The downloaded file comes first, because kubectl takes an entry from the first file that has it. --raw prints the entries whole;
        // with --flatten, kubectl fails if any file is missing that an old entry names.
        Shell.Bash => $"""
            (
              unset KUBECONFIG && umask 077 && mkdir -p ~/.kube && cd ~/.kube && config=$(readlink config || echo config) &&
              KUBECONFIG=~/Downloads/{file} kubectl config get-contexts {context} &&
              KUBECONFIG=~/Downloads/{file}:$config kubectl config view --raw > "$config.new" && test -s "$config.new" &&
              if test -s "$config"; then cp "$config" "$(mktemp "$config.before-$(date +%Y%m%d-%H%M%S)-XXXXXX")"; fi &&
              mv -f "$config.new" "$config" &&
              kubectl config use-context {context}
            )
            """,

        // PowerShell's redirections would write UTF-16 or a byte order mark, which kubectl does not read, and it takes what a program
        // prints for text of the console's own encoding. [IO.File]::Copy replaces nothing.
        Shell.PowerShell => $$"""
            & {
              $ErrorActionPreference = 'Stop'
              $before, $encoding = $env:KUBECONFIG, [Console]::OutputEncoding
              $config, $file = "$HOME\.kube\config", "$HOME\Downloads\{{file}}"
              try {
                [Console]::OutputEncoding = New-Object Text.UTF8Encoding $false
                New-Item -ItemType Directory -Force "$HOME\.kube" | Out-Null
                $env:KUBECONFIG = $file
                kubectl config get-contexts {{context}}
                if ($LASTEXITCODE -ne 0) { throw "$file is not the downloaded file. Nothing was changed." }
                $env:KUBECONFIG = "$file;$config"
                $text = kubectl config view --raw
                if ($LASTEXITCODE -ne 0 -or -not $text) { throw 'kubectl could not read the files. Nothing was changed.' }
                [IO.File]::WriteAllLines("$config.new", $text)
                if (Test-Path $config) { [IO.File]::Copy($config, "$config.before-$(Get-Date -Format yyyyMMdd-HHmmss-fff)") }
                Move-Item -Force "$config.new" $config
                $env:KUBECONFIG = $config
                kubectl config use-context {{context}}
                if ($LASTEXITCODE -ne 0) { throw "kubectl can't use the context {{context}}." }
              }
              finally {
                $env:KUBECONFIG = $before
                [Console]::OutputEncoding = $encoding
              }
            }
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(shell)),
    };
}
