using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Commands;

/// <summary>Prints the next steps after the first start, ready to paste.</summary>
internal static class Welcome
{
    public static void Print(TextWriter output, IServiceProvider services)
    {
        var (issuer, clients) = (services.GetRequiredService<IssuerUrl>(), services.GetRequiredService<ClientCatalog>());
        var authority = services.GetRequiredService<OwnAuthority>();
        output.WriteLine($"KubeIdP serves {issuer}, listening on {string.Join(", ", services.GetRequiredService<ListenUrls>().All)}");
        if (authority.File is { } certificate)
        {
            output.WriteLine($"""

                Browsers warn about the certificate until they trust the certificate authority that this server created for itself:
                  {Path.GetFullPath(certificate)}
                For a first look, ignore the warning. How to trust the authority on each system: src/docs/tls.md.
                """);
        }

        if (ClusterInstructions.All(issuer, clients, authority.ReadPem()) is not [var cluster, ..]) return;

        output.WriteLine($"""

            To add an account (prints a link with which the person sets a password and a second factor):
              kubeidp-server people add NAME --email NAME@example.com --group GROUP --invite

            To set up kubectl, with the plugin {ExecCommand.ProgramOf(cluster.Plugin)} (on other machines see {issuer}/):
            {Indented(cluster.Kubectl(Shell.Bash, authority.File is { } file ? Path.GetFullPath(file) : null))}

            To set up kube-apiserver (or use: kubeidp-server clusters authentication-config {cluster.ClientId}):
            {Indented(cluster.ApiServerFlags(authority.File ?? ""))}

            """);
    }

    private static string Indented(string text) => "  " + text.Replace("\n", "\n  ", StringComparison.Ordinal);
}
