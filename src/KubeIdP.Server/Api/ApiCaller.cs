using KubeIdP.Data.Audit;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Api;

/// <summary>The caller: a person who uses a client, or a service.</summary>
/// <param name="Name">For the audit log: the subject of the person, or the service as <c>client:ID</c>.</param>
internal sealed record ApiCaller(string Name)
{
    public Actor ActorFor(HttpContext http, string? reason, bool tell = false) =>
        new(Name, http.Address(), http.Reference()) { Reason = reason, ShowsReason = tell };

    public static ApiCaller Of(HttpContext http) =>
        http.Features.Get<ApiCaller>() ?? throw new InvalidOperationException("The call was not authenticated.");

    public static string NameOfService(string clientId) => $"client:{clientId}";
}
