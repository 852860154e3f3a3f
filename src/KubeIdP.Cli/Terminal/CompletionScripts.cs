namespace KubeIdP.Cli.Terminal;

/// <summary>The scripts that register completion in a shell. Where the program has nothing to offer, the shell offers file names.</summary>
internal static class CompletionScripts
{
    public static readonly IReadOnlyList<string> Shells = ["bash", "zsh", "fish", "powershell"];

    /// <param name="shell">One of <see cref="Shells"/>.</param>
    /// <param name="program">The name of the program.</param>
    public static string For(string shell, string program) => shell switch
    {
        "bash" => Bash(program, FunctionOf(program)),
        "zsh" => Zsh(program, FunctionOf(program)),
        "fish" => Fish(program, FunctionOf(program)),
        "powershell" => PowerShell(program),
        _ => throw new ArgumentOutOfRangeException(nameof(shell)),
    };

    private static string FunctionOf(string program) => $"_{program.Replace('-', '_')}";

    private static string Bash(string program, string function) => $$"""
        # Completion of {{program}} for bash.
        {{function}}() {
          local word
          COMPREPLY=()
          while IFS=$'\t' read -r word _; do
            COMPREPLY+=("$word")
          done < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        }
        complete -o default -F {{function}} {{program}}

        """;

    private static string Zsh(string program, string function) => $$"""
        #compdef {{program}}
        # Completion of {{program}} for zsh.
        {{function}}() {
          local line
          local -a found
          for line in "${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
            [[ -z $line ]] || found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
          done
          if (( $#found )); then _describe {{program}} found; else _files; fi
        }
        if [[ $funcstack[1] == {{function}} ]]; then {{function}} "$@"; else compdef {{function}} {{program}}; fi

        """;

    private static string Fish(string program, string function) => $$"""
        # Completion of {{program}} for fish.
        function _{{function}}
            set -l words (commandline -opc)
            set -l last (commandline -ct)
            set -l found ($words[1] complete -- $words[2..-1] "$last" 2>/dev/null)
            if test (count $found) -gt 0
                string join \n -- $found
            else
                __fish_complete_path "$last"
            end
        end
        complete -c {{program}} -f -a '(_{{function}})'

        """;

    private static string PowerShell(string program) => $$"""
        # Completion of {{program}} for PowerShell 7.
        Register-ArgumentCompleter -Native -CommandName {{program}} -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
                Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
            if ($wordToComplete -eq '') { $words += '' }
            & $commandAst.CommandElements[0].Extent.Text complete '--' @words 2>$null | ForEach-Object {
                $word, $description = $_ -split "`t", 2
                if (-not $description) { $description = $word }
                [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $description)
            }
        }

        """;
}
