using KubeIdP.Server.Clients;
using KubeIdP.Server.Sessions;

namespace KubeIdP.Server.DeviceCode;

/// <summary>The page after a denial: what it means, and what the person can do who was nearly deceived.</summary>
internal sealed class DeviceDeniedModel(SessionCookie cookie, ClientCatalog clients) : DevicePageModel(cookie, clients);
