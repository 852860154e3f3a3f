using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Diagnostics;

/// <summary>Says which clusters and clients are for everybody, because that is the default and may not be what somebody wants.</summary>
internal static class AccessDiagnostics
{
    private const string Subject = "access";
    private const int NamesShown = 20;

    public static Finding Check(ClientCatalog clients)
    {
        // Nobody signs in to a service, and the built-in program shows everybody their own things alone.
        var open = clients.All.Where(client => client is { Kind: not ClientKind.Service, IsCli: false, Access.IsForEverybody: true })
            .Select(client => client.Id.Value).ToList();
        return Finding.Right(Subject, open.Count == 0
            ? "every cluster and client has access.groups"
            : $"everybody who can sign in may use: {string.Join(", ", open.Take(NamesShown))}"
                + (open.Count > NamesShown ? $" and {open.Count - NamesShown} more" : ""));
    }
}
