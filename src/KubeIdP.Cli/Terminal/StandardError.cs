using System.Text;

namespace KubeIdP.Cli.Terminal;

/// <summary>
/// Standard error, which may be closed or a file on a full disk: what can't be written is dropped, and the exit status still reports the
/// result of the command. Standard output has no such tolerance, because scripts rely on its content.
/// </summary>
internal sealed class StandardError(TextWriter console) : TextWriter
{
    public override Encoding Encoding => console.Encoding;

    public override void Write(char value) => Try(() => console.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => console.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => console.Write(value));

    public override void WriteLine(string? value) => Try(() => console.WriteLine(value));

    public override void Flush() => Try(console.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            // There is no other place to report this.
        }
    }
}
