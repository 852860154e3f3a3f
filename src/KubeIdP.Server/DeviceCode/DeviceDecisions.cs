using System.Net;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.DeviceCode;

/// <summary>
/// Looks up, approves and denies the request of another machine for somebody who has signed in. An approval asks everything that a code
/// would be asked (<see cref="CodePrecheck"/>), so that no other way in is stricter than this one.
/// </summary>
internal sealed class DeviceDecisions(DeviceRequestStore requests, MembershipStore people, CodePrecheck precheck, ClientCatalog clients,
    DeviceCodeOptions options, SessionOptions sessions, ApprovalMail mail, DeviceCodeMetrics metrics, TokenMetrics tokenMetrics,
    TimeProvider clock, ILogger<DeviceDecisions> log)
{
    /// <summary>So many denials within <see cref="AlarmWindow"/> are reported to administrators.</summary>
    public const int AlarmingDenials = 3;

    private static readonly TimeSpan AlarmWindow = TimeSpan.FromHours(1);

    private readonly RecentlyReported<string> alarms = new(AlarmWindow, max: 1, clock);

    /// <summary>The lifetime of the session that an approval opens.</summary>
    public TimeSpan Lifetime => options.LifetimeWithin(sessions.AbsoluteLifetime);

    /// <summary>Why this person can't approve the request in this browser, as far as nobody has to be asked; null: they can.</summary>
    public async Task<string?> RefusalAsync(ShownDeviceRequest request, PersonId personId, IPAddress? browser, CancellationToken ct)
    {
        if (clients.Find(request.ClientId) is not { } client) return DeviceCodeAccess.NotOffered(request.ClientId);

        return RefusalOf(request, client, (await people.FindAsync(personId, ct))?.Person, browser);
    }

    public async Task<DeviceDecision> ApproveAsync(ShownDeviceRequest request, BrowserSession by, HttpContext http, CancellationToken ct)
    {
        if (clients.Find(request.ClientId) is not { } client)
            return await RefuseAsync(request, by, http, DeviceCodeAccess.NotOffered(request.ClientId), ct);

        switch (await precheck.RefusalAsync(by.PersonId, by.Id, client, [.. request.Scopes.Split(' ')], ct))
        {
            case CodeRefusal.Temporary:
                return new DeviceDecision.Unknown();
            case CodeRefusal.SignedOut:
                return new DeviceDecision.SignedOut();
            case CodeRefusal.Permanent(var advice, _):
                return await RefuseAsync(request, by, http, advice, ct);
        }

        // After the directory was asked, with what it said.
        var person = (await people.FindAsync(by.PersonId, ct))?.Person;
        if (RefusalOf(request, client, person, http.Connection.RemoteIpAddress) is { } refusal)
            return await RefuseAsync(request, by, http, refusal, ct);

        var approval = new DeviceApproval(request.Id, by.Handle, by.PersonId, new SessionId(NewId()), new GrantId(NewId()), Lifetime);
        var audit = Audit(AuditEventType.DeviceApproved, request, by, http) with
        {
            SessionId = approval.SessionId, GrantId = approval.GrantId,
        };
        if (!await requests.ApproveAsync(approval, audit, ct)) return new DeviceDecision.Over();

        metrics.Approved();
        log.DeviceApproved(by.PersonId, request.Address, client.Id, approval.SessionId);
        if (person is not null) mail.Send(person, request, client, http.Address(), approval.Lifetime);
        return new DeviceDecision.Approved();
    }

    /// <summary>The person says that it was not theirs. Returns false if it was decided already, or has expired.</summary>
    public async Task<bool> DenyAsync(ShownDeviceRequest request, BrowserSession by, HttpContext http, CancellationToken ct)
    {
        if (!await requests.DenyAsync(request.Id, by.Id, Audit(AuditEventType.DeviceDenied, request, by, http), ct)) return false;

        metrics.Denied();
        log.DeviceDenied(by.PersonId, request.Address, request.ClientId);
        if (alarms.IsNews("") && await requests.CountDeniedAsync(AlarmWindow, ct) is >= AlarmingDenials and var count)
        {
            log.ManyDenied(count);
            alarms.Remember("");
        }

        return true;
    }

    /// <param name="request">What was asked for.</param>
    /// <param name="client">At which client.</param>
    /// <param name="person">Null if they are disabled or removed: they have no live session, and what detects that says so.</param>
    /// <param name="browser">The address of the browser; null: unknown.</param>
    private string? RefusalOf(ShownDeviceRequest request, Client client, PersonSnapshot? person, IPAddress? browser)
    {
        if (!DeviceNetworks.Allows(options, AddressOf(request), browser))
        {
            return "The machine is in another network than this browser, and this server requires the same (deviceCode.sameNetwork). Sign "
                + "in with a browser on that machine, or from the same network.";
        }

        return person is null ? null : client.AccessRefusalOf(person) ?? client.DeviceCodeRefusalOf(person);
    }

    /// <summary>Denied as well, so that the machine does not wait in vain; but nobody said that it was not theirs.</summary>
    private async Task<DeviceDecision> RefuseAsync(ShownDeviceRequest request, BrowserSession by, HttpContext http, string advice,
        CancellationToken ct)
    {
        var audit = Audit(AuditEventType.AuthorizationRefused, request, by, http) with { Detail = $"{advice} {DetailOf(request)}" };
        if (!await requests.DenyAsync(request.Id, by.Id, audit, ct)) return new DeviceDecision.Over();

        metrics.Refused();
        tokenMetrics.AccessRefused(request.ClientId);
        return new DeviceDecision.Refused(advice);
    }

    private static NewAuditEvent Audit(string type, ShownDeviceRequest request, BrowserSession by, HttpContext http) => new(type)
    {
        Actor = by.PersonId, PersonId = by.PersonId, SessionId = by.Id, ClientId = request.ClientId, Address = http.Address(),
        Reference = http.Reference(), Detail = DetailOf(request),
    };

    /// <summary>The event's address is that of the browser; the other one is as important.</summary>
    private static string DetailOf(ShownDeviceRequest request) => DeviceRequestStore.MachineAt(request.Address);

    private static IPAddress? AddressOf(ShownDeviceRequest request) =>
        request.Address is { } address && IPAddress.TryParse(address, out var parsed) ? parsed : null;

    /// <summary>Ids sort by time and are not secret.</summary>
    private string NewId() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
}
