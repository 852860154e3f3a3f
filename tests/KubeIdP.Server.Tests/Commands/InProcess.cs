using System.Text;
using KubeIdP.Server.Commands;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>Runs a command in this process, and catches what it prints without taking the console from tests that run beside it.</summary>
internal static class InProcess
{
    private static readonly Routed Out = new(Console.Out);
    private static readonly Routed Error = new(Console.Error);

    static InProcess()
    {
        Console.SetOut(Out);
        Console.SetError(Error);

        // The state of the user of this machine is none of the tests' business.
        Environment.SetEnvironmentVariable("KUBEIDP_HOME", Scratch.NewFolder("kubeidp-home-"));
    }

    /// <summary>kubeidp-server.</summary>
    public static Task<Outcome> RunAsync(params string[] args) => RunAsync(CommandLine.RunAsync, args);

    /// <summary>kubeidp.</summary>
    public static Task<Outcome> KubeidpAsync(params string[] args) => RunAsync(Cli.CommandLine.RunAsync, args);

    private static async Task<Outcome> RunAsync(Func<string[], Task<int>> program, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Out.To.Value = output;
        Error.To.Value = error;
        var exitCode = await program(args);
        return new Outcome(exitCode, output.ToString().Trim(), error.ToString().Trim());
    }

    private sealed class Routed(TextWriter otherwise) : TextWriter
    {
        public AsyncLocal<TextWriter?> To { get; } = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => (To.Value ?? otherwise).Write(value);

        public override void Write(string? value) => (To.Value ?? otherwise).Write(value);
    }
}
