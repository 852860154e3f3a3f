using System.Net;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>One proxy for every address. The framework's brings the whole of regular expressions into the native program, for exceptions.</summary>
internal sealed class OneProxy(Uri address, ICredentials? credentials) : IWebProxy
{
    public ICredentials? Credentials { get; set; } = credentials;

    public Uri GetProxy(Uri destination) => address;

    public bool IsBypassed(Uri host) => false;
}
