using KubeIdP.Server.Clusters;

namespace KubeIdP.Server.Commands;

/// <summary>What somebody who has just started the server needs next, ready to paste.</summary>
internal static class Welcome
{
    public static void Print(TextWriter output, Settings settings, OwnAuthority authority)
    {
        output.WriteLine($"KubeIdP serves {settings.Issuer}, listening on {string.Join(", ", settings.Listen)}");
        if (ClusterInstructions.All(settings, authority.ReadPem()) is not [var cluster, ..]) return;

        output.WriteLine($"""

            An account (prints a link by which its owner sets password and second factor):
              users add NAME --email NAME@example.com --group GROUP --invite

            kubectl, with the plugin oidc-login (other machines: {settings.Issuer}/):
            {Indented(cluster.Kubectl(Shell.Bash, authority.File))}

            kube-apiserver (or: clusters authentication-config {cluster.ClientId}):
            {Indented(cluster.ApiServerFlags(authority.File ?? ""))}

            """);
    }

    private static string Indented(string text) => "  " + text.Replace("\n", "\n  ", StringComparison.Ordinal);
}
