using System.Text;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Clusters;

/// <summary>
/// Downloads of kubeconfigs for people who are signed in, of the clusters that they may use. Everybody else gets to the login and back.
/// </summary>
internal sealed class KubeconfigEndpoints(SessionCookie cookie, Visitors visitors, ClientCatalog clients, Kubeconfigs kubeconfigs,
    OwnAuthority authority)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods("/clusters/{name}/kubeconfig", methods,
            (string name, HttpContext http, KubeconfigEndpoints endpoints, CancellationToken ct) =>
                endpoints.DownloadAsync(http, [name], $"{name}.kubeconfig", ct));
        routes.MapMethods("/kubeconfig", methods, (HttpContext http, KubeconfigEndpoints endpoints, CancellationToken ct) =>
            endpoints.DownloadAsync(http, [.. http.Request.Query["cluster"].OfType<string>()], "clusters.kubeconfig", ct));
    }

    private async Task<IResult> DownloadAsync(HttpContext http, IReadOnlyCollection<string> names, string fileName, CancellationToken ct)
    {
        var address = $"{http.Request.Path}{http.Request.QueryString}";
        IResult signIn = SignInRedirect.IsTooLong(address) ? SignInFirst(address) : SignInRedirect.For(address);
        if (await cookie.FindAsync(http, ct) is not { } session) return signIn;

        // Those that do not exist are refused below. Nobody's groups are read for clusters that everybody may use.
        Client[] limited = [.. names.Select(clients.FindCluster).OfType<Client>().Where(cluster => !cluster.Access.IsForEverybody)];
        if (limited is not [])
        {
            if (await visitors.FindAsync(session.PersonId, ct) is not { } visitor) return signIn;
            if (Array.Find(limited, cluster => !visitor.MayUse(cluster)) is { } refused) return ClusterRefusal.PageFor(refused);
        }

        return kubeconfigs.For(names, authority.ReadPem) switch
        {
            KubeconfigAnswer.Made(var text) => TypedResults.File(Encoding.UTF8.GetBytes(text), Kubeconfig.MediaType, fileName),
            KubeconfigAnswer.WrongNumber => NotFound(Texts.WhichClusterTitle, Texts.WhichClusterWhat.With(Kubeconfig.MaxClusters)),
            KubeconfigAnswer.Unknown => ClusterRefusal.NoSuchCluster,
            KubeconfigAnswer.WithoutServer(var name) =>
                NotFound(Texts.NoKubeconfigTitle.With(clients.NameOf(name)), Texts.WithoutServerWhat.With($"clusters.{name}.server")),
            KubeconfigAnswer.WithoutAuthority(var name) =>
                NotFound(Texts.NoKubeconfigTitle.With(clients.NameOf(name)), Texts.WithoutAuthorityWhat.With($"clusters.{name}.caFile")),
            _ => throw new InvalidOperationException("An answer of an unknown kind."),
        };
    }

    /// <summary>
    /// For a link that the login can't carry: the page stays open and offers it again, after the sign-in in another tab.
    /// </summary>
    private static MessagePage SignInFirst(string address) =>
        new(StatusCodes.Status403Forbidden, Texts.SignInFirstTitle, Texts.SignInFirstWhat, Texts.SignInFirstNext)
        {
            Link = new MessageLink($"~{address}", Texts.Download),
        };

    private static MessagePage NotFound(string title, string what) =>
        new(StatusCodes.Status404NotFound, title, what, Texts.NoKubeconfigNext) { Link = ClusterRefusal.ToClusters };
}
