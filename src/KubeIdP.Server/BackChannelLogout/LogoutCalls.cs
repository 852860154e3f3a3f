using System.Net;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Network;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.BackChannelLogout;

/// <summary>Sends one logout notification to a client.</summary>
internal sealed class LogoutCalls(LogoutTokens tokens, BackChannelLogoutOptions options, TimeProvider clock) : IDisposable
{
    /// <summary>The timeout for connection, request and response.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient http = new(OutboundHttp.CreateHandler(
        [.. options.Networks.Select(network => AddressRange.Parse(network)!.Value)], options.CaFile, clock)) { Timeout = Timeout };

    /// <summary>Null if the client accepted it (OpenID Connect Back-Channel Logout 1.0 §2.8), otherwise why it may not have.</summary>
    public async Task<string?> NotifyAsync(Client client, DueLogout due, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, client.Application!.BackChannelLogoutUri)
        {
            Content = new FormUrlEncodedContent([new("logout_token", tokens.Create(client, due))]),
        };
        try
        {
            // The body of the response is not read, whatever its size.
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent ? null : $"it answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException fault)
        {
            // The response was not HTTP, and the message contains it unchanged.
            return OutsideText.Show(fault.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"it did not answer within {Timeout.TotalSeconds} s";
        }
    }

    public void Dispose() => http.Dispose();
}
