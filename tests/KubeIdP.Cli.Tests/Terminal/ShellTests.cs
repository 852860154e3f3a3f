using System.Diagnostics;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Terminal;

/// <summary>Completion in the real shells, with the program as it was built, of both programs.</summary>
public sealed class ShellTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Programs => new(
        from shell in (string[])["bash", "zsh", "fish", "powershell"]
        from program in (string[])["kubeidp", "kubeidp-server"]
        select (shell, program));

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task The_shell_completes_commands_options_and_values(string shell, string program)
    {
        Assert.Contains("people", await CompleteAsync(shell, program, "peo"));
        Assert.Contains("list", await CompleteAsync(shell, program, "people "));
        Assert.Equal(["--status"], await CompleteAsync(shell, program, "people list --st"));
        Assert.Equal(["notEnrolled"], await CompleteAsync(shell, program, "people list --status no"));
        Assert.Equal(["json"], await CompleteAsync(shell, program, "people list --output j"));
    }

    /// <summary>What the shell offers after the name of the program.</summary>
    private async Task<List<string>> CompleteAsync(string shell, string program, string typed)
    {
        var script = folder.Write($"{program}.{shell}", await RunAsync(PathOf(program), ["completion", shell]));
        var line = $"{program} {typed}";
        var output = shell switch
        {
            "bash" => await RunAsync("bash", ["--norc", "-c", $$"""
                source {{script}}
                read -ra COMP_WORDS <<<'{{line}}'
                [[ '{{line}}' != *' ' ]] || COMP_WORDS+=('')
                COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
                $(complete -p {{program}} | sed -E 's/.*-F ([^ ]+).*/\1/')
                printf '%s\n' "${COMPREPLY[@]}"
                """]),
            "zsh" => await RunAsync("zsh", ["-f", "-c", $$"""
                autoload -Uz compinit && compinit -u -d {{folder.File("dump")}}
                source {{script}}
                _describe() { local -a all; all=("${(@P)2}"); print -rl -- "${all[@]%%:*}"; }
                _files() { }
                words=({{line}}); [[ '{{line}}' != *' ' ]] || words+=('')
                CURRENT=$#words
                ${_comps[{{program}}]}
                """]),
            "fish" => await RunAsync("fish", ["--no-config", "-c", $"source {script}; complete -C '{line}'"]),
            _ => await RunAsync(Programs.Find("pwsh"), ["-NoProfile", "-NonInteractive", "-Command",
                $". {script}; (TabExpansion2 -inputScript '{line}' -cursorColumn {line.Length}).CompletionMatches.CompletionText"]),
        };
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('\t')[0].Trim())];
    }
}
