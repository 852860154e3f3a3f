using KubeIdP.Data.Audit;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Api;

/// <summary>Who calls: a person by a client of theirs, or a service.</summary>
/// <param name="Name">For the audit: the person's subject, or the service as <c>client:ID</c>.</param>
internal sealed record ApiCaller(string Name)
{
    public Actor Because(HttpContext http, string? reason, bool tell = false) => new(Name, http.Address(), http.Reference()) { Reason = reason, TellsReason = tell };

    public static ApiCaller Of(HttpContext http) => http.Features.Get<ApiCaller>() ?? throw new InvalidOperationException("The call was not let in by anybody.");

    public static string NameOfService(string clientId) => $"client:{clientId}";
}
