using System.Text;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Asks whoever sits at the terminal, or reads what was piped. A read from either can't be taken back: where the verb is interrupted it stays behind on its thread,
/// and ends with the process.
/// </summary>
internal static class Prompt
{
    /// <summary>A line; null at the end of the input.</summary>
    public static Task<string?> ReadLineAsync(string question, CancellationToken ct) => AskAsync(question, Console.In.ReadLine, ct);

    /// <summary>The first line of what is piped, or what somebody types without seeing it.</summary>
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
            return await Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(ct);
        }
        catch (OperationCanceledException) when (question.Length > 0)
        {
            // What the shell says next begins on a line of its own.
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

            // An arrow is no letter.
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        return typed.ToString();
    }
}
