using System.Text;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Clusters;

/// <summary>
/// The portal: what a cluster and its people need to use this issuer, and the certificate authority to trust. It only reads the
/// configuration and who somebody is; Tokens owns the content of tokens.
/// </summary>
internal static class ClustersSetup
{
    public static IServiceCollection AddClusters(this IServiceCollection services) => services
        .AddSingleton<OwnAuthority>()
        .AddSingleton<Visitors>()
        .AddSingleton<Kubeconfigs>()
        .AddScoped<KubeconfigEndpoints>()
        .AddSingleton<INavigation>(new NavigationForAll(1, () => Web.Texts.Clusters, "/"));

    public static void MapClusters(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/ca.crt", [HttpMethods.Get, HttpMethods.Head], DownloadAuthority);
        KubeconfigEndpoints.Map(routes);
    }

    // Public, because clients need it to verify TLS connections.
    private static Results<FileContentHttpResult, NotFound> DownloadAuthority(OwnAuthority authority) =>
        authority.ReadPem() is { } pem
            ? TypedResults.File(Encoding.ASCII.GetBytes(pem), "application/x-pem-file", "kubeidp-ca.crt")
            : TypedResults.NotFound();
}
