using System.CommandLine;

namespace KubeIdP.Cli.Api;

/// <summary>How a command gets access to the administration API. It is asked once for each command.</summary>
internal interface IApiAccess
{
    /// <summary>
    /// Signs in if that is necessary. The client has a token that is good for the API now. Throws <see cref="CommandFault"/> if nobody
    /// signs in, or the server refuses it or does not answer.
    /// </summary>
    Task<ApiClient> ConnectAsync(ParseResult parsed, CancellationToken ct);
}
