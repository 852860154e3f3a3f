using System.Net;

namespace KubeIdP.Cli.Api;

/// <summary>The server did not do what was requested; the message is for the user of the command.</summary>
internal sealed class ApiFault(string message, HttpStatusCode? status = null) : CommandFault(message)
{
    public HttpStatusCode? Status => status;
}
