using System.Text;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Standard error where it may be a file on a full disk, or closed: what can't be written is lost, and the exit status still tells how a verb ended. On standard
/// output nothing is forgiven, for others go by what stands there.
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
            // There is nowhere left to say it.
        }
    }
}
