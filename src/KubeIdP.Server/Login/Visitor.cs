using System.Net;

namespace KubeIdP.Server.Login;

/// <summary>Where a try comes from.</summary>
/// <param name="Reference">What the visitor sees on the page.</param>
internal sealed record Visitor(IPAddress? Address, string Reference);
