using System.Text;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Clusters;

/// <summary>
/// Downloads of kubeconfigs for people who are signed in, of the clusters that they may use. Everybody else gets to the login and back.
/// </summary>
internal sealed class KubeconfigEndpoints(SessionCookie cookie, MembershipStore people, ClientCatalog clients, Kubeconfigs kubeconfigs,
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
        if (await cookie.FindAsync(http, ct) is not { } session)
            return SignInRedirect.For($"{http.Request.Path}{http.Request.QueryString}");
        if (await RefusalAsync(session.PersonId, names, ct) is { } refusal) return refusal;

        return kubeconfigs.For(names, authority.ReadPem()) switch
        {
            KubeconfigAnswer.Made(var text) => TypedResults.File(Encoding.UTF8.GetBytes(text), Kubeconfig.MediaType, fileName),
            KubeconfigAnswer.WrongNumber => NotFound(Texts.WhichClusterTitle, Texts.WhichClusterWhat.With(Kubeconfig.MaxClusters)),
            KubeconfigAnswer.Unknown(var name) => NotFound(Texts.UnknownClusterTitle, Texts.UnknownClusterWhat.With(name)),
            KubeconfigAnswer.WithoutServer(var name) =>
                NotFound(Texts.NoKubeconfigTitle.With(clients.NameOf(name)), Texts.WithoutServerWhat.With($"clusters.{name}.server")),
            KubeconfigAnswer.WithoutAuthority(var name) =>
                NotFound(Texts.NoKubeconfigTitle.With(clients.NameOf(name)), Texts.WithoutAuthorityWhat.With($"clusters.{name}.caFile")),
            _ => throw new InvalidOperationException("An answer of an unknown kind."),
        };
    }

    /// <summary>Null if the person may use all of the clusters; those that do not exist are refused later.</summary>
    private async Task<MessagePage?> RefusalAsync(PersonId personId, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        Client[] limited = [.. names.Select(clients.FindCluster).OfType<Client>().Where(client => !client.Access.IsForEverybody)];
        if (limited is []) return null;

        // Nobody, if the person was removed since the session was read.
        var person = await people.FindAsync(personId, ct);
        return limited.FirstOrDefault(client => person is null || client.AccessRefusalOf(person.Person) is not null) is { } refused
            ? new MessagePage(StatusCodes.Status403Forbidden, Texts.NotYourClusterTitle.With(refused.Name),
                Texts.NotYourClusterWhat.With(string.Join(", ", refused.Access.Groups)), Texts.NotYourClusterNext) { Link = Home }
            : null;
    }

    private static MessageLink Home => new("~/", Texts.YourClusters);

    private static MessagePage NotFound(string title, string what) =>
        new(StatusCodes.Status404NotFound, title, what, Texts.NoKubeconfigNext) { Link = Home };
}
