using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;

namespace KubeIdP.Server.DeviceCode;

/// <summary>The page after an approval.</summary>
internal sealed class DeviceDoneModel(SessionCookie cookie, ClientCatalog clients) : DevicePageModel(cookie, clients);
