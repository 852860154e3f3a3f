using KubeIdP.Data.People;
using KubeIdP.Server.Clients;
using KubeIdP.Testing.Browsers;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Tests.Admin;

/// <summary>An issuer with alice, who is nobody special, and with auditors.</summary>
public abstract class AdminTests(ClassIssuer shared, bool postgres) : IssuerTests(shared, postgres)
{
    /// <summary>With device codes for the cluster that every test has.</summary>
    internal static Settings WithDeviceCodes(Settings settings) => settings with
    {
        Clusters = new Dictionary<string, ClusterOptions>(settings.Clusters)
        {
            ["kubernetes"] = settings.Clusters["kubernetes"] with { DeviceCode = new() { Everybody = true } },
        },
    };

    private protected override Func<Settings, Settings> Change => settings =>
        settings with { Admin = settings.Admin with { AuditorGroups = ["local:auditors"] } };

    /// <summary>A browser in which somebody new with these groups has just signed in.</summary>
    private protected async Task<BrowserClient> SignInAsync(string username, string? address, params string[] groups)
    {
        var account = await Issuer.AddAccountAsync(username, Ct, groups);
        var browser = Issuer.CreateBrowser(address);
        await VisitAsync(browser, account, "/account");
        return browser;
    }

    private protected Task<BrowserClient> AdministratorAsync(string username = "root") => SignInAsync(username, "203.0.113.5", "admins");

    private protected Task<BrowserClient> AuditorAsync() => SignInAsync("auditor", null, "auditors");

    private protected async Task<Person> PersonAsync(string username)
    {
        await using var db = Database.CreateContext();
        return await db.People.AsNoTracking().SingleAsync(person => person.UserName == username, Ct);
    }

    private protected async Task<string> IdOfAsync(string username) => (await PersonAsync(username)).Id;

    /// <summary>To an act's page, the reason, the button: what an administrator does.</summary>
    private protected async Task<Page> ActAsync(BrowserClient browser, string username, string act, string reason = "because I say so")
    {
        var page = await (await browser.GoAsync($"/admin/people/{await IdOfAsync(username)}", Ct)).FollowAsync(act, Ct);
        return await page.Fill("Reason", reason).PressAsync(act, Ct);
    }

    /// <summary>Posts to an address with a token that is this browser's own, as somebody would who makes up a form.</summary>
    private protected async Task<Page> PostAsync(BrowserClient browser, string path, params (string Name, string Value)[] fields)
    {
        var form = await browser.GoAsync("/logout", Ct);
        var token = form.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        return await browser.LoadAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(Issuer.Issuer, path))
        {
            Content = new FormUrlEncodedContent(
                [KeyValuePair.Create("__RequestVerificationToken", token),
                    .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]),
        }, Ct);
    }
}
