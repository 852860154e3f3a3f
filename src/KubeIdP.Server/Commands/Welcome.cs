using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Commands;

/// <summary>What somebody who has just started the server needs next, ready to paste.</summary>
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

                A browser warns about the certificate until it trusts the authority that has signed it, which this server made for itself:
                  {Path.GetFullPath(certificate)}
                For a first look go on past the warning; how to trust it on each system: src/docs/tls.md.
                """);
        }

        if (ClusterInstructions.All(issuer, clients, authority.ReadPem()) is not [var cluster, ..]) return;

        output.WriteLine($"""

            An account (prints a link by which its owner sets password and second factor):
              kubeidp-server people add NAME --email NAME@example.com --group GROUP --invite

            kubectl, with the plugin oidc-login (other machines: {issuer}/):
            {Indented(cluster.Kubectl(Shell.Bash, authority.File is { } file ? Path.GetFullPath(file) : null))}

            kube-apiserver (or: kubeidp-server clusters authentication-config {cluster.ClientId}):
            {Indented(cluster.ApiServerFlags(authority.File ?? ""))}

            """);
    }

    private static string Indented(string text) => "  " + text.Replace("\n", "\n  ", StringComparison.Ordinal);
}
