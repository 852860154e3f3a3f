using System.CommandLine;
using KubeIdP.Core.Files;

namespace KubeIdP.Cli.Terminal;

/// <summary>
/// Writes to a file in place of standard output, for commands that print secrets or personal data. With a redirect of the shell the umask
/// decides who can read the file; this file is readable only by its owner.
/// </summary>
internal static class PrivateOutput
{
    /// <summary>
    /// Adds the option <c>--file</c> to a command. Its action gets the writer for its output. If the file can't be created, the action does
    /// not run.
    /// </summary>
    public static void SetPrivateAction(this Command command, Func<ParseResult, TextWriter, CancellationToken, Task<int>> action)
    {
        var file = new Option<FileInfo?>(
            "--file") { Description =
                "Write to this file in place of standard output. It must not exist; only its owner will be able to read it.",
                    HelpName = "file" };
        command.Add(file);
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(file)?.FullName is not { } path) return await action(parsed, Console.Out, ct);
            if (NamedFiles.Refusal("Leave out --file, and let your shell write the file: (umask 077; COMMAND > FILE)") is { } refusal)
            {
                await Console.Error.WriteLineAsync(refusal);
                return ExitCode.NotDone;
            }

            if (await CreateAsync(path) is not { } writer) return ExitCode.NotDone;

            await using (writer)
                return await WriteAsync(path, writer, () => action(parsed, writer, ct));
        });
    }

    private static async Task<StreamWriter?> CreateAsync(string path)
    {
        try
        {
            return PrivateFiles.CreateWriter(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Nothing was done, because {path} can't be written: {fault.Message}");
            return null;
        }
    }

    private static async Task<int> WriteAsync(string path, StreamWriter writer, Func<Task<int>> action)
    {
        var exitCode = ExitCode.NotDone;
        try
        {
            return exitCode = await action();
        }
        finally
        {
            await writer.FlushAsync(CancellationToken.None);

            // If everything was refused, no file is left. If part was done, the file has the secrets of that part.
            if (exitCode != 0 && writer.BaseStream.Length == 0) File.Delete(path);
            else await Console.Error.WriteLineAsync($"Written to {path}.");
        }
    }
}
