using KubeIdP.Data.Audit;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Tests.DeviceCode;

/// <summary>
/// An issuer with device codes: "kubernetes" for everybody, "prod" for those of local:oncall who are also in local:platform; none for
/// "kubernetes-es".
/// </summary>
public abstract class DeviceCodeTests : ProtocolTests
{
    // The requests of the tests before have expired, which all came from nowhere.
    protected DeviceCodeTests(RunningIssuer running)
        : base(running) => Clock.Advance(TimeSpan.FromMinutes(6));

    protected static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Somebody new, signed in in a new browser.</summary>
    protected async Task<(Account Account, BrowserClient Browser)> SignInAsync(string? address = null, params string[] groups)
    {
        var account = await AddAccountAsync(groups);
        var browser = Issuer.CreateBrowser(address);
        await account.SignInAsync(browser, new Uri(Issuer.Issuer, "/account"), Ct);
        return (account, browser);
    }

    /// <summary>The answer of a machine at an address.</summary>
    protected async Task<DeviceAnswer> AskFromAsync(string? address, params (string Name, string? Value)[] changes)
    {
        using var machine = new RelyingParty(Issuer.CreateHandler(address), Issuer.Issuer);
        return await machine.AskForDeviceAsync(Ct, changes);
    }

    protected async Task<List<AuditEvent>> AuditAsync(string type, string clientId = "kubernetes")
    {
        await using var db = Database.CreateContext();
        return await db.AuditEvents.AsNoTracking().Where(row => row.Type == type && row.ClientId == clientId).OrderBy(row => row.Id)
            .ToListAsync(Ct);
    }

    internal static Settings WithDeviceCodes(Settings settings) => settings with
    {
        Clusters = new Dictionary<string, ClusterOptions>(settings.Clusters)
        {
            ["kubernetes"] = settings.Clusters["kubernetes"] with { DeviceCode = new() { Everybody = true } },
            ["prod"] = new()
            {
                RedirectUris = ["http://localhost:8000"], Access = new() { Groups = ["local:platform"] },
                DeviceCode = new() { Groups = ["local:oncall"] },
            },
        },
        Clients = new Dictionary<string, ClientOptions>(settings.Clients)
        {
            ["admin-cli"] = new() { Kind = ClientKind.Admin, RedirectUris = ["http://localhost:8000"] },
        },
    };
}

public class DevicesOnSqlite : IssuerOnSqlite
{
    protected override Settings Change(Settings settings) => DeviceCodeTests.WithDeviceCodes(settings);
}

public class DevicesOnPostgres : IssuerOnPostgres
{
    protected override Settings Change(Settings settings) => DeviceCodeTests.WithDeviceCodes(settings);
}
