using System.CommandLine;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Terminal;

/// <summary>Runs the command line of a program: errors in what was typed, signals, failures and exit statuses, for both programs.</summary>
/// <param name="root">All commands.</param>
internal sealed class Invocation(RootCommand root)
{
    /// <summary>For what a command has begun, such as a transaction.</summary>
    private static readonly TimeSpan CommandGrace = TimeSpan.FromSeconds(10);

    /// <summary>Whether a command serves until it is asked to stop, which is then no failure.</summary>
    public Func<Command, bool> IsServer { get; init; } = _ => false;

    /// <summary>How long a server may take to stop.</summary>
    public TimeSpan ServerGrace { get; init; } = CommandGrace;

    /// <summary>What to tell about an exception; null for a bug, which ends the program with its stack trace.</summary>
    public Func<Exception, CommandFault?> FaultOf { get; init; } = fault => fault as CommandFault;

    /// <summary>
    /// Exit status: that of the command; 130 or 143 when Ctrl-C or SIGTERM ended it before it was done. A server that stops on request
    /// returns 0.
    /// </summary>
    public async Task<int> RunAsync(string[] args)
    {
        // Arguments are stored, compared or shown as one line of text: file names, user names, reasons.
        if (args.FirstOrDefault(arg => OutsideText.HiddenIn(arg) is not null) is { } hiding)
        {
            await Console.Error.WriteLineAsync(
                $"The argument \"{OutsideText.Show(hiding)}\" {OutsideText.FaultOf(hiding)}. Type it again.");
            return ExitCode.Misused;
        }

        // A name or a reason may begin with @, which must not be read as a response file.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in UsageErrors.Of(parsed))
                await Console.Error.WriteLineAsync(error);
            await Console.Error.WriteLineAsync("Try --help.");
            return ExitCode.Misused;
        }

        var isServer = IsServer(parsed.CommandResult.Command);
        using var interruption = new Interruption(isServer ? ServerGrace : CommandGrace);
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            var exitCode = await parsed.InvokeAsync(configuration, interruption.Asked);
            return exitCode == 0 || isServer ? exitCode : interruption.ExitCode ?? exitCode;
        }
        catch (Exception fault) when (interruption.ExitCode is not null && (!isServer || fault is OperationCanceledException))
        {
            // An interrupted command may throw any exception.
            return isServer ? 0 : interruption.ExitCode.Value;
        }
        catch (OutputFault fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return ExitCode.NotDone;
        }
        catch (Exception fault) when (FaultOf(fault) is { } known)
        {
            await Console.Error.WriteLineAsync(known.Message);
            return known.ExitCode;
        }
    }
}
