using System.CommandLine;
using KubeIdP.Cli.SignIn;
using KubeIdP.Cli.Token;

namespace KubeIdP.Cli;

/// <summary>The commands of <c>kubeidp</c>. Exit status: <see cref="ExitCode"/>.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
            return await Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null }).InvokeAsync(configuration);
        }
        catch (CommandFault fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return fault.Status;
        }
    }

    /// <summary>All commands and options.</summary>
    public static RootCommand Create() =>
        new("KubeIdP on people's machines: signs in, fetches tokens for kubectl, and administers from afar.")
        {
            LoginCommand.Create(),
            LogoutCommand.Create(),
            WhoAmICommand.Create(),
            TokenCommand.Create(),
        };
}
