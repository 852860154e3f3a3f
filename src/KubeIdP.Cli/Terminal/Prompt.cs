using System.Text;

namespace KubeIdP.Cli.Terminal;

/// <summary>
/// Asks at the terminal, or reads piped input. A read from either can't be cancelled: when the command is interrupted, the read stays on
/// its thread until the process ends.
/// </summary>
internal static class Prompt
{
    /// <summary>Reads a line; null at the end of the input.</summary>
    public static Task<string?> ReadLineAsync(string question, CancellationToken ct) => AskAsync(question, Console.In.ReadLine, ct);

    /// <summary>Reads the first line of piped input, or what is typed at the terminal, without echo.</summary>
    public static async Task<string> ReadPasswordAsync(CancellationToken ct)
    {
        if (Console.IsInputRedirected) return await AskAsync("", Console.In.ReadLine, ct) ?? string.Empty;

        var typed = await AskAsync("Password: ", ReadHidden, ct);
        await Console.Error.WriteLineAsync();
        return typed;
    }

    private static async Task<T> AskAsync<T>(string question, Func<T> read, CancellationToken ct)
    {
        await Console.Error.WriteAsync(question);
        try
        {
            return await Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(ct);
        }
        catch (OperationCanceledException) when (question.Length > 0)
        {
            // The next output of the shell must begin on a new line.
            await Console.Error.WriteLineAsync();
            throw;
        }
    }

    private static string ReadHidden()
    {
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key is ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);

            // Arrow keys and the like have no character.
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        return typed.ToString();
    }
}
