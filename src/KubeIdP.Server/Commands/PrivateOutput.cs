using System.CommandLine;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Commands;

/// <summary>
/// A file in place of standard output, for verbs that hand out secrets or what is kept of people. A redirect of the shell leaves the file open to whoever the
/// shell's umask lets in; this one is its owner's alone.
/// </summary>
internal static class PrivateOutput
{
    /// <summary>Adds the option to a verb, whose action gets what it writes to. With a file nothing is done when that can't be made.</summary>
    public static void SetPrivateAction(this Command command, Func<ParseResult, TextWriter, CancellationToken, Task<int>> action)
    {
        var file = new Option<FileInfo?>("--file") { Description = "Write it into this file, which must not exist and only its owner can read, in place of standard output.", HelpName = "file" };
        command.Add(file);
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(file)?.FullName is not { } path) return await action(parsed, Console.Out, ct);
            if (await CreateAsync(path) is not { } writer) return CommandLine.NotDone;

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
            await Console.Error.WriteLineAsync($"Nothing was done, for {path} can't be written: {fault.Message}");
            return null;
        }
    }

    private static async Task<int> WriteAsync(string path, StreamWriter writer, Func<Task<int>> action)
    {
        var exitCode = CommandLine.NotDone;
        try
        {
            return exitCode = await action();
        }
        finally
        {
            await writer.FlushAsync(CancellationToken.None);

            // What was refused leaves no file behind; what was done in part has its secrets in it.
            if (exitCode != 0 && writer.BaseStream.Length == 0) File.Delete(path);
            else await Console.Error.WriteLineAsync($"Written to {path}.");
        }
    }
}
