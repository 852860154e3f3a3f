using System.CommandLine;
using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Doctor;
using KubeIdP.Cli.Kubeconfigs;
using KubeIdP.Cli.SignIn;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli.Token;

namespace KubeIdP.Cli;

/// <summary>The commands of <c>kubeidp</c>. Exit status: <see cref="ExitCode"/>.</summary>
internal static class CommandLine
{
    private const string Program = "kubeidp";

    public static Task<int> RunAsync(string[] args) => new Invocation(Create()).RunAsync(args);

    /// <summary>All commands and options.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("KubeIdP on people's machines: signs in, fetches tokens for kubectl, and administers from afar.");
        var issuer = new IssuerOptions();
        issuer.AddTo(root);
        root.Add(LoginCommand.Create(issuer));
        root.Add(LogoutCommand.Create(issuer));
        root.Add(WhoAmICommand.Create(issuer));
        root.Add(TokenCommand.Create(issuer));
        root.Add(OwnKubeconfigCommand.Create(issuer));
        root.Add(DoctorCommand.Create(issuer));
        AddAdministration(root, issuer);
        CompletionCommand.AddTo(root, Program);
        Examples.AddToHelp(root, Program);
        UsageErrors.AddValidators(root);
        return root;
    }

    /// <summary>What administrators do through the API of a server.</summary>
    private static void AddAdministration(RootCommand root, IssuerOptions issuer)
    {
        var access = new ApiOptions(issuer);
        var host = new ApiHost(access);
        foreach (var command in (Command[])
        [
            PeopleCommand.Create(host), SessionsCommand.Create(host), DeviceCodesCommand.Create(host), ReportCommand.Create(host),
            new Command("audit", "Read the audit log: who did what to whom.") { AuditListCommand.Create(host) },
            ClustersCommand.Create(host, ClustersCommand.Kubeconfig(host)),
        ])
        {
            access.AddTo(command);
            root.Add(command);
        }
    }
}
