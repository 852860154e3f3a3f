using System.ComponentModel;
using KubeIdP.Cli.Api;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Api;

/// <summary>The requests of machines without a browser (RFC 8628), and denying them.</summary>
internal static class DeviceCodesApi
{
    public static void MapDeviceCodesApi(this IEndpointRouteBuilder api)
    {
        var requests = api.MapGroup("/device-codes").WithTags("device codes").AddEndpointFilter(IfOnAsync);
        requests.MapGet("/", ListAsync).Needs(ApiScopes.SessionsRead).MayNotFind().WithName("listDeviceRequests")
            .WithSummary("Lists the machines that asked for a device code in the last minutes, the latest first.");
        requests.MapPost("/{id}/deny", DenyAsync).Needs(ApiScopes.SessionsEnd).MayNotFind().WithName("denyDeviceRequest")
            .WithSummary("Denies a request that is not decided yet: after the response, nobody can approve it any more.");
    }

    private static async Task<Results<Ok<ApiPage<ApiDeviceRequest>>, ProblemHttpResult>> ListAsync(
        [FromQuery, Description("The value of next from the previous page.")] string? cursor, DeviceAdministration administration,
        HttpContext http, CancellationToken ct) =>
        cursor is null || DeviceAdministration.IsCursor(cursor)
            ? TypedResults.Ok(ApiPages.Of(await administration.ListAsync(cursor, ct), DeviceRequestRecords.Of))
            : ApiProblem.Invalid(http, ApiPages.WrongCursor);

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> DenyAsync(
        string id, ApiReason body, DeviceAdministration administration, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        var denial = await administration.DenyAsync(id, ApiCaller.Of(http).ActorFor(http, reason), ct);
        return denial is not DeviceDenial.NotFound
            ? TypedResults.Ok(new ApiChange(denial is DeviceDenial.Denied))
            : ApiProblem.NotFound(http, DeviceAdministration.NoRequest);
    }

    private static ValueTask<object?> IfOnAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next) =>
        call.HttpContext.RequestServices.GetRequiredService<ClientCatalog>().HasDeviceCode
            ? next(call)
            : ValueTask.FromResult<object?>(ApiProblem.NotFound(call.HttpContext, DeviceAdministration.NotOn));
}
