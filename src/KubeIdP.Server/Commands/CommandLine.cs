using System.CommandLine;
using System.Data.Common;
using System.Security.Cryptography;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Commands;

/// <summary>
/// The commands of <c>kubeidp-server</c>; the default is <c>serve</c>. Exit status: 0 done, 1 not done (refused, not found), 2 wrong usage
/// or configuration, 130 and 143 interrupted.
/// </summary>
internal static class CommandLine
{
    public const int NotDone = 1;
    public const int Misused = 2;

    /// <summary>A server drains for up to thirty seconds, then the host stops by itself.</summary>
    private static readonly TimeSpan ServerGrace = TimeSpan.FromSeconds(45);

    /// <summary>For a transaction that a command has begun.</summary>
    private static readonly TimeSpan CommandGrace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Exit status: that of the command; 130 or 143 when Ctrl-C or SIGTERM ended it before it was done. A server that stops on request
    /// returns 0.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        Languages.UseDefault();

        // Arguments are stored, compared or shown as one line of text: file names, user names, reasons.
        if (args.FirstOrDefault(arg => OutsideText.HiddenIn(arg) is not null) is { } hiding)
        {
            await Console.Error.WriteLineAsync(
                $"The argument \"{OutsideText.Show(hiding)}\" {OutsideText.FaultOf(hiding)}. Type it again.");
            return Misused;
        }

        // A name or a reason may begin with @, which must not be read as a response file.
        var parsed = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in UsageErrors.Of(parsed))
                await Console.Error.WriteLineAsync(error);
            await Console.Error.WriteLineAsync("Try --help.");
            return Misused;
        }

        var isServer = parsed.CommandResult.Command is RootCommand or { Name: ServeCommand.Name };
        using var interruption = new Interruption();
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            var exitCode = await interruption.RunAsync(ct => parsed.InvokeAsync(configuration, ct), isServer ? ServerGrace : CommandGrace);
            return exitCode == 0 || isServer ? exitCode : interruption.ExitCode ?? exitCode;
        }
        catch (Exception fault) when (interruption.ExitCode is not null && (!isServer || fault is OperationCanceledException))
        {
            // An interrupted command may throw any exception.
            return isServer ? 0 : interruption.ExitCode.Value;
        }
        catch (StartFault fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return Misused;
        }
        catch (CryptographicException fault)
        {
            await Console.Error.WriteLineAsync(
                $"What is protected in the database can't be opened: {fault.Message} {KeyDiagnostics.RestoreFix}");
            return NotDone;
        }
        catch (Exception fault) when (Outage.Is(fault))
        {
            await Console.Error.WriteLineAsync($"{Outage.Of(fault)}");
            return NotDone;
        }
        catch (Exception fault) when (fault.GetBaseException() is DbException error)
        {
            await Console.Error.WriteLineAsync(
                $"The database refused a statement. Either the database has a problem, or KubeIdP has a bug: {error.Message}");
            return NotDone;
        }
    }

    /// <summary>All commands and options.</summary>
    public static RootCommand Create()
    {
        var config =
            new Option<FileInfo?>(
                "--config") { Description = "The configuration file. Default: kubeidp.yaml in the current folder, if it exists.",
                Recursive = true };
        var publicUrl = new Option<string?>(PublicUrlSource.Option)
        {
            Description =
                "The issuer URL; replaces the configured one. With a host name or address that other machines can reach, the server also "
                + "listens on the network.", Recursive = true,
        };
        var root = new RootCommand("KubeIdP, the identity provider for Kubernetes. The default command is serve.") { config, publicUrl };
        var context = new CommandContext(config, publicUrl);

        root.Add(ServeCommand.Create(context));
        root.Add(CheckCommand.Create(context));
        root.Add(ConfigCommand.Create(context));
        root.Add(MigrateCommand.Create(context));
        root.Add(BackupCommand.Create(context));
        root.Add(RestoreCommand.Create(context));
        root.Add(PeopleCommand.Create(context));
        root.Add(SetupLinkCommand.Create(context));
        root.Add(UpstreamCommand.Create(context));
        root.Add(SessionsCommand.Create(context));
        root.Add(AuditCommand.Create(context));
        root.Add(ReportCommand.Create(context));
        root.Add(KeysCommand.Create(context));
        root.Add(ClientsCommand.Create());
        root.Add(ClustersCommand.Create(context));
        root.Add(VersionCommand.Create());
        root.SetAction((_, ct) => ServeCommand.RunAsync(context, _, migrate: false, ct));
        UsageErrors.AddValidators(root);
        return root;
    }
}
