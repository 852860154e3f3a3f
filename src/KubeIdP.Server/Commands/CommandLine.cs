using System.CommandLine;
using System.Data.Common;
using System.Security.Cryptography;
using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
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
    private const string Program = "kubeidp-server";

    /// <summary>A server drains for up to thirty seconds, then the host stops by itself.</summary>
    private static readonly TimeSpan ServerGrace = TimeSpan.FromSeconds(45);

    /// <summary>See <see cref="Invocation"/>. A server that stops on request returns 0.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        Languages.UseDefault();
        return new Invocation(Create())
        {
            IsServer = command => command is RootCommand or { Name: ServeCommand.Name }, ServerGrace = ServerGrace, FaultOf = FaultOf,
        }.RunAsync(args);
    }

    /// <summary>All commands and options.</summary>
    public static RootCommand Create()
    {
        var config =
            new Option<FileInfo?>(
                "--config") { Description = "The configuration file. Default: the one that the variable KUBEIDP_CONFIG names; without it, "
                + "kubeidp.yaml in the current folder, if it exists.", Recursive = true };
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
        root.Add(DeviceCodesCommand.Create(context));
        root.Add(AuditCommand.Create(context));
        root.Add(ReportCommand.Create(context));
        root.Add(KeysCommand.Create(context));
        root.Add(ClientsCommand.Create());
        root.Add(ServerClustersCommand.Create(context));
        root.Add(VersionCommand.Create());
        root.SetAction((_, ct) => ServeCommand.RunAsync(context, _, migrate: false, ct));
        root.With("", "--public-url https://idp.example.com");
        CompletionCommand.AddTo(root, Program);
        Examples.AddToHelp(root, Program);
        UsageErrors.AddValidators(root);
        return root;
    }

    private static CommandFault? FaultOf(Exception fault) => fault switch
    {
        CommandFault known => known,
        StartFault => new CommandFault(fault.Message, ExitCode.Misused),
        CryptographicException =>
            new CommandFault($"What is protected in the database can't be opened: {fault.Message} {KeyDiagnostics.RestoreFix}"),
        _ when Outage.Of(fault) is { } outage => new CommandFault($"{outage}"),
        _ when fault.GetBaseException() is DbException error =>
            new CommandFault($"The database refused a statement. Either the database has a problem, or KubeIdP has a bug: {error.Message}"),
        _ => null,
    };
}
