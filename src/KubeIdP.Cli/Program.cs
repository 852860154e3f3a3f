using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Files;

namespace KubeIdP.Cli;

internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        PrivateFiles.CloseNewFiles();
        StandardOutput.Set();
        Console.SetError(new StandardError(Console.Error));
        return CommandLine.RunAsync(args);
    }
}
