namespace KubeIdP.Testing.Processes;

/// <summary>How a program ended and what it said.</summary>
public sealed record Outcome(int ExitCode, string Output, string Error)
{
    public Outcome Succeeded() => ExitCode == 0 ? this : throw new InvalidOperationException($"Exit code {ExitCode}.\n{Output}\n{Error}");
}
