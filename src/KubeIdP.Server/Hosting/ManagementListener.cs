using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Recognizes requests of the platform by the socket through which they came, so that nothing that a caller or proxy writes into a request
/// makes it one of them.
/// </summary>
internal static class ManagementListener
{
    private static readonly object Mark = new();

    public static void MarkAsManagement(this ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Items[Mark] = Mark;
        return next(connection);
    });

    public static bool IsForManagement(this HttpContext http) =>
        http.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(Mark) == true;
}
