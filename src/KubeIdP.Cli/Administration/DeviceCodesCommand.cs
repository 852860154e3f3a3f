using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.Administration;

/// <summary>Lists and denies the requests of machines without a browser (RFC 8628), for when somebody sends codes to people.</summary>
internal static class DeviceCodesCommand
{
    public static Command Create(IVerbHost host) =>
        new("device-codes", "List and deny the machines without a browser that wait for somebody to approve their code.")
        {
            List(host), Deny(host),
        };

    private static Command List(IVerbHost host)
    {
        var limit = new ListLimit(500);
        var output = OutputFormat.Option();
        var list = new Command("list", "List the requests of the last minutes, the latest first. Their codes are not stored.")
        {
            limit.Limit, limit.Cursor, output,
        };
        list.SetAction((parsed, ct) => host.AdministerAsync(parsed, async administration =>
        {
            await limit.ShowAsync(
                parsed, async cursor => (await administration.DeviceRequestsAsync(cursor, ct)).Parts, request => request.Id,
                requests => OutputFormat.WriteAsync(
                    parsed.GetValue(output), JsonRows.Of(requests, ApiJsonContext.Default.ApiDeviceRequest),
                    requests.Select(request => request.Id),
                    width => requests.Count == 0 ? "No machine waits." : Table(width, requests)));
            return 0;
        }, ct));
        return list.With("device-codes list", "device-codes list --output json");
    }

    private static Command Deny(IVerbHost host)
    {
        var id = new Argument<string>("REQUEST") { Description = "The id of the request, as device-codes list prints it." };
        var reason = ReasonOption.Create();
        var output = OutputFormat.Option();
        var deny = new Command("deny",
            "Deny a request that is not decided yet: the machine gets nothing, and is told so. End the session of an approved one with "
            + "sessions revoke.") { id, output };
        deny.AddReason(reason, host);
        deny.SetAction((parsed, ct) => host.AdministerAsync(parsed, async administration =>
        {
            var request = parsed.GetValue(id)!;
            if (!await administration.DenyDeviceRequestAsync(request, parsed.GetValue(reason), ct))
            {
                await Console.Error.WriteLineAsync($"The request {request} was decided already.");
                return ExitCode.NotDone;
            }

            await OutputFormat.WriteAsync(
                parsed.GetValue(output), new JsonObject { ["request"] = request, ["denied"] = true }, [request],
                $"The request {request} is denied.");
            return 0;
        }, ct));
        return deny.With($"device-codes deny 0199f2f4c8d27c3e8a5b1d0e6f7a9b2c{host.Why("somebody sends codes to people")}");
    }

    private static string Table(int? width, IEnumerable<ApiDeviceRequest> requests) => TextTable.Of(width,
        ["REQUEST", "CLIENT", "ADDRESS", "ASKED", "EXPIRES", "STATE", "PERSON", "SESSION"],
        requests.Select(request => (string[])
        [
            request.Id, request.ClientId, request.Address ?? "", TextTable.Timestamp(request.CreatedAt),
            TextTable.Timestamp(request.ExpiresAt), JsonNamingPolicy.CamelCase.ConvertName($"{request.State}"),
            request.Username is { } name ? PersonRow.Shown(name) : "", request.SessionId ?? "",
        ]));
}
