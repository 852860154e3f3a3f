using System.Text;

namespace KubeIdP.Cli.Terminal;

/// <summary>
/// Standard output, where what can't be written is an <see cref="OutputFault"/>: a script relies on the whole of it. A reader that is gone
/// (EPIPE) is none; the console drops the rest, as of a list of which somebody reads the first lines.
/// </summary>
/// <param name="console">Opens it, which fails where it is closed.</param>
internal sealed class StandardOutput(Func<TextWriter> console) : TextWriter
{
    private readonly Lazy<TextWriter> inner = new(console);

    public override Encoding Encoding => Try(() => inner.Value.Encoding);

    /// <summary>Takes the place of the console's own.</summary>
    public static void Set()
    {
        TextWriter opened;
        try
        {
            opened = Console.Out;
        }
        catch (Exception fault) when (IsOutput(fault))
        {
            Console.SetOut(new StandardOutput(() => throw new OutputFault(fault)));
            return;
        }

        Console.SetOut(new StandardOutput(() => opened));
    }

    public override void Write(char value) => Try(() => inner.Value.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Value.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Value.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.Value.WriteLine(value));

    public override void Flush() => Try(() => inner.Value.Flush());

    private static void Try(Action write) => Try(() =>
    {
        write();
        return true;
    });

    private static T Try<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception fault) when (IsOutput(fault))
        {
            throw new OutputFault(fault);
        }
    }

    private static bool IsOutput(Exception fault) =>
        fault is not OutputFault and (IOException or UnauthorizedAccessException or ArgumentException);
}
