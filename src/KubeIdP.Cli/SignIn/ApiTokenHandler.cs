using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.SignIn;

/// <summary>
/// Adds the token of the administration's API to each request. If the API refuses it, because it is over or its second factor is too old
/// (RFC 9470), a new one is obtained, once for a request.
/// </summary>
/// <param name="http">Tells why there was no answer.</param>
/// <param name="tokenAfter">Gets a token; its argument is the one that was refused, null at first.</param>
internal sealed class ApiTokenHandler(IssuerHttp http, Func<string?, CancellationToken, Task<string>> tokenAfter) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = await tokenAfter(null, cancellationToken);
        var response = await SendAsync(request, token, cancellationToken);
        if (response.StatusCode is not HttpStatusCode.Unauthorized) return response;

        response.Dispose();
        return await SendAsync(request, await tokenAfter(token, cancellationToken), cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string token, CancellationToken ct)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            return await base.SendAsync(request, ct);
        }
        catch (HttpRequestException fault)
        {
            throw http.OutageOf(request.RequestUri!, fault);
        }
    }
}
