using System.Net;

namespace KubeIdP.Server.Login;

/// <summary>The origin of a login attempt.</summary>
/// <param name="Reference">The reference that the page shows.</param>
internal sealed record Visitor(IPAddress? Address, string Reference);
