using System.Net;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>
/// One proxy for every address. The framework's has exceptions, and brings regular expressions into the native program for them.
/// </summary>
internal sealed class OneProxy(Uri address, ICredentials? credentials) : IWebProxy
{
    public ICredentials? Credentials { get; set; } = credentials;

    public Uri GetProxy(Uri destination) => address;

    public bool IsBypassed(Uri host) => false;
}
