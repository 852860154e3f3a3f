using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Tells the platform's requests from people's by the socket that they came through: nothing that a caller or a proxy writes into a request makes it
/// one of the platform's.
/// </summary>
internal static class ManagementListener
{
    private static readonly object Mark = new();

    public static void MarkAsManagement(this ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Items[Mark] = Mark;
        return next(connection);
    });

    public static bool IsForManagement(this HttpContext http) => http.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(Mark) == true;
}
