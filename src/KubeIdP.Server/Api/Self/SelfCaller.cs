using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Api.Self;

/// <summary>The person who calls, with what was checked for this call.</summary>
/// <param name="Grant">The grant of the token, its session and the person with their current groups.</param>
internal sealed record SelfCaller(GrantSnapshot Grant)
{
    public PersonSnapshot Person => Grant.Person;

    public SessionId SessionId => Grant.SessionId;

    public Actor ActorFor(HttpContext http) => new(Person.Id, http.Address(), http.Reference());

    /// <summary>Null if the person may use the cluster with this session; otherwise the reason.</summary>
    public string? RefusalOf(Client cluster) => cluster.AccessRefusalOf(Grant);

    public static SelfCaller Of(HttpContext http) =>
        http.Features.Get<SelfCaller>() ?? throw new InvalidOperationException("The call was not authenticated.");
}
