using System.CommandLine;
using KubeIdP.Cli.SignIn;

namespace KubeIdP.Cli.Kubeconfigs;

/// <summary><c>kubeidp kubeconfig</c>: the kubeconfigs of the clusters that the person may use.</summary>
internal static class OwnKubeconfigCommand
{
    public static Command Create(IssuerOptions issuer) => KubeconfigCommand.Create(
        async (parsed, names, use, ct) =>
        {
            using var access = issuer.Open(parsed, Console.Error.WriteLine, TimeProvider.System);
            return await use(await new SelfApi(access).KubeconfigAsync(names, ct));
        }, "kubeconfig");
}
