using KubeIdP.Core.Identifiers;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Web;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.DeviceCode;

/// <summary>
/// A poll (RFC 8628 §3.4, §3.5), after OpenIddict has opened the device code and checked the client: one statement until the request is
/// approved. Then it redeems the grant, like a code, and a second poll ends it.
/// </summary>
internal sealed class DeviceCodeGrantType(DeviceRequestStore requests, CodeRedemption redemption, ClientCatalog clients,
    DeviceCodeMetrics metrics, ILogger<DeviceCodeGrantType> log)
    : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (!context.Request.IsDeviceCodeGrantType()) return;

        var http = context.Transaction.Http();
        var id = context.DeviceCodePrincipal!.GetClaim(DeviceCodeFlow.RequestClaim)!;
        switch (await requests.PollAsync(id, DeviceCodeFlow.MinInterval, http.RequestAborted))
        {
            case null:
                metrics.SlowedDown();
                Refuse(context, Errors.SlowDown, "Poll less often.");
                break;

            case { IsExpired: true }:
                Refuse(context, Errors.ExpiredToken, null);
                break;

            case { Verdict: DeviceVerdict.Pending }:
                Refuse(context, Errors.AuthorizationPending, "Nobody has approved the code yet.");
                break;

            case { Verdict: DeviceVerdict.Denied }:
                Refuse(context, Errors.AccessDenied, "The sign-in was denied in the browser.");
                break;

            case { Verdict: DeviceVerdict.DeniedByAdministrator }:
                Refuse(context, Errors.AccessDenied, "An administrator has denied the sign-in.");
                break;

            case { Verdict: DeviceVerdict.Approved, GrantId: { } grantId }:
                await RedeemAsync(context, grantId, clients.Find(context.ClientId)!);
                break;

            default:
                throw new InvalidOperationException("A device request has an unknown verdict.");
        }
    }

    private async Task RedeemAsync(HandleTokenRequestContext context, GrantId grantId, Client client)
    {
        switch (await redemption.RedeemAsync(context, grantId, client, CodeKind.Device, nonce: null))
        {
            case CodeUse.Redeemed:
                metrics.Redeemed();
                break;

            case CodeUse.Replayed:
                metrics.Replayed();
                log.DeviceReplayed(grantId, client.Id);
                break;
        }
    }

    /// <summary>An answer to a poll is part of the flow and no refusal for the audit log: the decision is in it already.</summary>
    private static void Refuse(HandleTokenRequestContext context, string error, string? description) =>
        new TokenRefusal(Grant: null) { IsRecorded = true }.Reject(context, description, error);
}
