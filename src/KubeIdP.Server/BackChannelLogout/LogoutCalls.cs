using System.Net;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Network;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.BackChannelLogout;

/// <summary>Tells a client, and says what came of it.</summary>
internal sealed class LogoutCalls(LogoutTokens tokens, BackChannelLogoutOptions options, TimeProvider clock) : IDisposable
{
    /// <summary>For connection, question and answer.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient http = new(OutboundHttp.CreateHandler(
        [.. options.Networks.Select(network => AddressRange.Parse(network)!.Value)], options.CaFile, clock)) { Timeout = Timeout };

    /// <summary>Null when the client has taken it (OpenID Connect Back-Channel Logout 1.0 §2.8), else why it is not known to have.</summary>
    public async Task<string?> TellAsync(Client client, DueLogout due, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, client.Options.BackChannelLogoutUri)
        {
            Content = new FormUrlEncodedContent([new("logout_token", tokens.Create(client, due))]),
        };
        try
        {
            // What it says beside that is of no interest, however long it is.
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent ? null : $"it answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException fault)
        {
            // What came was no HTTP, and stands in it as it came.
            return OutsideText.Show(fault.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"it did not answer within {Timeout.TotalSeconds} s";
        }
    }

    public void Dispose() => http.Dispose();
}
