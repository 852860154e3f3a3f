using System.Diagnostics;
using KubeIdP.Cli.Terminal;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Terminal;

/// <summary>Completion in the real shells, with the program as it was built, of both programs.</summary>
public sealed class ShellTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> ShellsAndPrograms => new(
        from shell in CompletionScripts.Shells
        from program in (string[])["kubeidp", "kubeidp-server"]
        select (shell, program));

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(ShellsAndPrograms))]
    public async Task The_shell_completes_commands_options_and_values(string shell, string program)
    {
        var script = folder.Write(
            $"completion.{(shell == "powershell" ? "ps1" : shell)}", await RunAsync(PathOf(program), ["completion", shell]));

        var offered = await CompleteAsync(shell, script, program,
            "peo", "people ", "people list --st", "people list --status no", "people list --output j", "people list frobnicate");

        Assert.Contains("people", offered[0]);
        Assert.Contains("list", offered[1]);
        Assert.Equal(["--status"], offered[2]);
        Assert.Equal(["notEnrolled"], offered[3]);
        Assert.Equal(["json"], offered[4]);
        Assert.Empty(offered[5]);
    }

    /// <summary>What the shell offers after the name of the program and each of these, in one process.</summary>
    private async Task<List<List<string>>> CompleteAsync(string shell, string script, string program, params string[] typed)
    {
        var asked = typed.Select(words => AskIn(shell, program, $"{program} {words}"));
        var text = string.Join('\n', asked.Select(question => $"{question}\necho '=='"));
        var output = shell switch
        {
            "bash" => await RunAsync("bash", ["--norc", "-c", $"source {script}\n{text}"]),

            // The functions that draw the menu print what is in it: there is no line editor without a terminal.
            "zsh" => await RunAsync("zsh", ["-f", "-c", $$"""
                autoload -Uz compinit && compinit -u -D
                source {{script}}
                _describe() { local -a all; all=("${(@P)2}"); print -rl -- "${all[@]%%:*}"; }
                _files() { }
                {{text}}
                """]),
            "fish" => await RunAsync("fish", ["--no-config", "-c", $"source {script}\n{text}"]),
            _ => await RunAsync("pwsh", ["-NoProfile", "-NonInteractive", "-Command", $". {script}\n{text}"]),
        };
        return [.. output.Split("==\n").SkipLast(1).Select(part =>
            part.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('\t')[0].Trim()).ToList())];
    }

    private static string AskIn(string shell, string program, string line) => shell switch
    {
        "bash" => $$"""
            read -ra COMP_WORDS <<<'{{line}}'
            [[ '{{line}}' != *' ' ]] || COMP_WORDS+=('')
            COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            $(complete -p {{program}} | sed -E 's/.*-F ([^ ]+).*/\1/')
            [[ ${#COMPREPLY[@]} = 0 ]] || printf '%s\n' "${COMPREPLY[@]}"
            """,
        "zsh" => $$"""
            words=({{line}}); [[ '{{line}}' != *' ' ]] || words+=('')
            CURRENT=$#words
            ${_comps[{{program}}]}
            """,
        "fish" => $"complete -C '{line}'",
        _ => $"(TabExpansion2 -inputScript '{line}' -cursorColumn {line.Length}).CompletionMatches.CompletionText",
    };

    /// <summary>As it was built with the tests.</summary>
    private static string PathOf(string program) =>
        program == "kubeidp" ? CliProgram.FilePath : Path.ChangeExtension(IssuerProcess.ServerDll, null);

    private async Task<string> RunAsync(string program, IReadOnlyList<string> args)
    {
        var start = new ProcessStartInfo(program, args) { WorkingDirectory = folder.Path };
        start.Environment["HOME"] = folder.Path;
        start.Environment["PATH"] = string.Join(':',
            Path.GetDirectoryName(PathOf("kubeidp")), Path.GetDirectoryName(PathOf("kubeidp-server")),
            Environment.GetEnvironmentVariable("PATH"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        var outcome = await Programs.RunAsync(start, input: null, limit.Token);
        Assert.True(outcome.ExitCode == 0, $"{program} {string.Join(' ', args)}:\n{outcome}");
        return outcome.Output;
    }
}
