using System.Net;

namespace KubeIdP.Server.Commands.Administration;

/// <summary>The server did not do what was requested; the message is for the user of the command.</summary>
internal sealed class ServerFault(string message, HttpStatusCode? status = null) : Exception(message)
{
    public HttpStatusCode? Status => status;
}
