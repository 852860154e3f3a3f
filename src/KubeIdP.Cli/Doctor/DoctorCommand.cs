using System.CommandLine;
using System.Text.Json.Nodes;
using KubeIdP.Cli.Doctor.Checks;
using KubeIdP.Cli.Doctor.Facts;
using KubeIdP.Cli.Doctor.Kubeconfigs;
using KubeIdP.Cli.Kubeconfigs;
using KubeIdP.Cli.Network;
using KubeIdP.Cli.SignIn;
using KubeIdP.Cli.Store;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.Doctor;

/// <summary>
/// <c>kubeidp doctor</c>: says why a person does not get into a cluster. Exit status: 0 nothing is wrong, 1 something is, 2 there is
/// nothing to look at.
/// </summary>
internal static class DoctorCommand
{
    public static Command Create(IssuerOptions issuer)
    {
        var cluster = new Argument<string?>("CLUSTER")
        {
            Description = "A context, a cluster or a client id. Default: the current context.", Arity = ArgumentArity.ZeroOrOne,
        };
        var kubeconfig = new Option<string?>("--kubeconfig")
        {
            Description = "The kubeconfig. Default: those of KUBECONFIG, or ~/.kube/config.", HelpName = "FILE",
        };
        var output = OutputFormat.Option();
        var command = new Command("doctor", "Find out why kubectl does not get into a cluster. Changes nothing.")
        {
            cluster, kubeconfig, output,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var (url, authority) = issuer.Given(parsed);
            var findings = await RunAsync(parsed.GetValue(cluster), parsed.GetValue(kubeconfig), url, authority, ct);
            await OutputFormat.WriteAsync(parsed.GetValue(output), JsonNode.Parse(DoctorOutput.Json(findings)),
                findings.Where(finding => finding.IsWrong).Select(finding => finding.Check), DoctorOutput.Text(findings));
            return findings.Any(finding => finding.IsWrong) ? ExitCode.NotDone : 0;
        });
        return command.With("doctor", "doctor prod --output json");
    }

    /// <exception cref="Misuse">There is nothing to look at.</exception>
    private static async Task<IReadOnlyList<Finding>> RunAsync(
        string? cluster, string? kubeconfig, string? issuer, CertificateAuthority? authority, CancellationToken ct)
    {
        var home = HomeFolder.Find();
        var merged = new MergedKubeconfigs(KubeconfigFiles.Read(kubeconfig, Environment.GetEnvironmentVariable, home));
        var chosen = SubjectChoice.Choose(merged, cluster, issuer, LastIssuer());
        var subject = new Subject(
            IssuerUrl.Checked(chosen.Issuer), issuer, chosen.ClientId, chosen.Context?.Name, chosen.Context?.Call,
            chosen.Context is { } context ? merged.DisagreementsAbout(context) : []);

        using var progress = new DoctorProgress(Console.IsErrorRedirected ? null : Console.Error, TimeProvider.System);
        using var examination = new Examination(
            subject, chosen.Context, authority, KnownClients(merged), Environment.GetEnvironmentVariable, home, progress,
            TimeProvider.System, ct);
        return Checklist.Decide(await examination.RunAsync());
    }

    private static List<(string Issuer, string ClientId)> KnownClients(MergedKubeconfigs merged) =>
    [
        .. from context in merged.Ours
           where context.Call is { Issuer: not null, ClientId: not null }
           select (context.Call!.Issuer!, context.Call.ClientId!),
    ];

    private static string? LastIssuer()
    {
        try
        {
            return IssuerState.Default(StateHome.Find())?.Issuer;
        }
        catch (CommandFault)
        {
            // Without a home folder nobody has signed in.
            return null;
        }
    }
}
