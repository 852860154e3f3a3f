using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using KubeIdP.Cli.Terminal;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Tests.Admin;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using PageModel = Microsoft.AspNetCore.Mvc.RazorPages.PageModel;

namespace KubeIdP.Server.Tests.Web;

/// <summary>
/// Every form of every page, sent twice: by two clicks of which the browser shows the second answer, and once more when somebody goes back.
/// The second is answered as the first was and changes nothing, and each answer is a redirect, so that no browser ever asks whether to send
/// a form again.
/// </summary>
public sealed class SentTwiceTests(ClassIssuer shared) : AdminTests(shared, postgres: false)
{
    private const string Chosen = "seven quiet herons";

    private protected override Func<Settings, Settings> Change => settings => WithDeviceCodes(base.Change(settings));

    /// <summary>By the handler that takes it, and what is special about it: how to come to the form, filled in.</summary>
    private static readonly Dictionary<string, Func<SentTwiceTests, Task<Form>>> Forms = new(StringComparer.Ordinal)
    {
        ["Login.OnPostAsync"] = async test => new(await test.LoginPageAsync("alice", test.Alice.Password), "Sign in"),
        ["Login.OnPostAsync wrong"] = async test =>
            new(await test.LoginPageAsync("alice", "not the password at all"), "Sign in", IsRefused: true),
        ["Login.OnPostAsync nobody"] = async test =>
            new(await test.LoginPageAsync("nobody", "not the password at all"), "Sign in", IsRefused: true),
        ["Factor.OnPostAsync"] = async test =>
            new((await test.AtFactorAsync()).Fill("Authentication code", await test.Alice.NextCodeAsync(Ct)), "Verify"),
        ["Factor.OnPostAsync wrong"] = async test =>
            new((await test.AtFactorAsync()).Fill("Authentication code", "000000"), "Verify", IsRefused: true),
        ["Recovery.OnPostAsync"] = async test =>
            new((await test.AtRecoveryAsync()).Fill("Recovery code", test.Alice.RecoveryCodes[0]), "Verify"),
        ["Recovery.OnPostAsync wrong"] = async test =>
            new((await test.AtRecoveryAsync()).Fill("Recovery code", "2222-2222-2222-2222"), "Verify", IsRefused: true),
        ["Enrol.OnPostAsync code"] = async test => new(await test.AtEnrolmentAsync(), "Continue"),
        ["Enrol.OnPostAsync wrong code"] = async test =>
            new((await test.AtEnrolmentAsync()).Fill("Enrolment code", "WRONG-WRONG-WRONG-WRONG"), "Continue", IsRefused: true),
        ["Enrol.OnPostAsync"] = async test => new(await test.AtNewAuthenticatorAsync(), "Verify", Shows: "Print these"),
        ["Enrol.OnPostAsync wrong"] = async test =>
            new((await test.AtNewAuthenticatorAsync()).Fill("Authentication code", "000000"), "Verify", IsRefused: true),
        ["Continue.OnPost"] = async test => new(await test.AliceBrowser.GoAsync(test.AuthorizeUrl(), Ct), "Continue"),
        ["Continue.OnPostSwitch"] = async test => new(await test.AliceBrowser.GoAsync(test.AuthorizeUrl(), Ct), "Use another account"),
        ["Consent.OnPost"] = async test => new(await test.AliceBrowser.GoAsync(test.AuthorizeUrl("&prompt=consent"), Ct), "Continue"),
        ["Consent.OnPostRefuse"] = async test =>
            new(await test.AliceBrowser.GoAsync(test.AuthorizeUrl("&prompt=consent"), Ct), "Don’t share"),
        ["Device.OnPostAsync"] = async test =>
            new((await test.AliceBrowser.GoAsync("/device", Ct)).Fill("Code", await test.DeviceCodeAsync()), "Continue"),
        ["Device.OnPostAsync wrong"] = async test =>
            new((await test.AliceBrowser.GoAsync("/device", Ct)).Fill("Code", "BBBB-BBBB"), "Continue", IsRefused: true),
        ["ConfirmDevice.OnPostDenyAsync"] = async test => new(await test.AtDeviceAsync(), DeviceCodes.No),
        ["ConfirmDevice.OnPostApproveAsync"] = async test => new(await test.AtDeviceAsync(), DeviceCodes.Yes),
        ["SignOut.OnPostAsync"] = async test => new(await test.AliceBrowser.GoAsync("/logout", Ct), "Sign out"),
        ["Invitation.OnPostAsync"] = async test => new(await test.InvitationAsync(Chosen), "Continue"),
        ["Invitation.OnPostAsync wrong"] = async test => new(await test.InvitationAsync("short"), "Continue", IsRefused: true),
        ["InvitationFactor.OnPostAsync"] = async test =>
            new(await test.NewFactorAsync(await test.InvitationAsync(Chosen)), "Verify", Shows: "Print these"),
        ["InvitationFactor.OnPostAsync wrong"] = async test =>
            new((await test.NewFactorAsync(await test.InvitationAsync(Chosen))).Fill("Authentication code", "000000"), "Verify",
                IsRefused: true),
        ["Setup.OnPostAsync"] = async test => new(await test.SetupAsync(), "Continue"),
        ["Setup.OnPostAsync wrong"] = async test =>
            new((await test.SetupAsync()).Fill("Repeat the password", "another one"), "Continue", IsRefused: true),
        ["SetupFactor.OnPostAsync"] = async test => new(await test.NewFactorAsync(await test.SetupAsync()), "Verify", Shows: "Print these"),
        ["SetupFactor.OnPostAsync wrong"] = async test =>
            new((await test.NewFactorAsync(await test.SetupAsync())).Fill("Authentication code", "000000"), "Verify", IsRefused: true),
        ["OwnAccount.OnPostEndAsync"] = async test => new(await test.WithOtherSessionAsync(), "End session"),
        ["OwnAccount.OnPostEndOthersAsync"] = async test => new(await test.WithOtherSessionAsync(), "End all other sessions"),
        ["ChangePassword.OnPostAsync"] = async test =>
            new(await test.PasswordAsync(test.Alice.Password), "Change the password", Shows: "Your password has been changed"),
        ["ChangePassword.OnPostAsync wrong"] = async test =>
            new(await test.PasswordAsync("not the password at all"), "Change the password", IsRefused: true),
        ["AddFactor.OnPostAsync"] = async test => new(await test.AddAuthenticatorAsync(), "Verify"),
        ["AddFactor.OnPostAsync wrong"] = async test =>
            new((await test.AddAuthenticatorAsync()).Fill("Authentication code", "000000"), "Verify", IsRefused: true),
        ["EditFactor.OnPostRenameAsync"] = async test => new((await test.AuthenticatorAsync()).Fill("Name", "old telephone"), "Rename"),
        ["EditFactor.OnPostRenameAsync wrong"] = async test =>
            new((await test.AuthenticatorAsync()).Fill("Name", " "), "Rename", IsRefused: true),
        ["EditFactor.OnPostRemoveAsync"] = async test => new(await test.AuthenticatorAsync(), "Remove this second factor"),
        ["MakeRecoveryCodes.OnPostAsync"] = async test =>
            new(await test.AliceBrowser.GoAsync("/account/recovery-codes", Ct), "Create recovery codes", Shows: "Print these"),
        ["AddPerson.OnPostAsync"] = async test =>
            new((await test.RootAsync("/admin/people/add")).Fill("Username", "bob"), "Add", Shows: "token="),
        ["AddPerson.OnPostAsync wrong"] = async test =>
            new((await test.RootAsync("/admin/people/add")).Fill("Username", "alice"), "Add", IsRefused: true),
        ["ChangePerson.OnPostAsync end-sessions"] = async test =>
            new(await test.ActAsync("end-sessions"), "End all sessions", Shows: "ended"),
        ["ChangePerson.OnPostAsync unlock"] = async test => new(await test.ActAsync("unlock"), null),
        ["ChangePerson.OnPostAsync invite"] = async test => new(await test.ActAsync("invite"), null, Shows: "token="),
        ["ChangePerson.OnPostAsync reset-factors"] = async test => new(await test.ActAsync("reset-factors"), null),
        ["ChangePerson.OnPostAsync disable"] = async test => new(await test.ActAsync("disable"), "Disable", Shows: "alice is disabled"),
        ["ChangePerson.OnPostAsync remove"] = async test => new(await test.ActAsync("remove"), null),
        ["ChangePerson.OnPostAsync without a reason"] = async test =>
            new((await test.ActAsync("disable")).Fill("Reason", " "), "Disable", IsRefused: true),
        ["ChangePerson.OnPostAsync groups"] = async test =>
            new((await test.ActAsync("groups")).Fill("Groups", "dev"), "Set groups", Shows: "alice has new groups"),
        ["ChangePerson.OnPostAsync wrong groups"] = async test =>
            new((await test.ActAsync("groups")).Fill("Groups", "system:masters"), "Set groups", IsRefused: true),
        ["ChangePerson.OnPostAsync display-name"] = async test =>
            new((await test.ActAsync("display-name")).Fill("Display name", "Alice Ng"), null, Shows: "alice has a new display name"),
        ["ChangePerson.OnPostAsync display-name without a reason"] = async test =>
            new((await test.ActAsync("display-name")).Fill("Reason", " "), null, IsRefused: true),
        ["EnrolPeople.OnPostAsync"] = async test => new(await test.EnrolPeopleAsync(), null),
        ["EnrolPeople.OnPostAsync without a reason"] = async test =>
            new((await test.EnrolPeopleAsync()).Fill("Reason", " "), null, IsRefused: true),
        ["EnrolPeople.OnPostCsvAsync"] = async test => new(await test.EnrolPeopleAsync(), null) { Handler = "Csv" },
        ["EnrolPeople.OnPostMailAsync"] = async test =>
            new(await test.EnrolPeopleAsync(), null) { Handler = "Mail", Status = HttpStatusCode.NotFound },
        ["EndSessions.OnPostAsync"] = async test =>
            new((await test.RootAsync("/admin/sessions/end?person=alice")).Fill("Number of sessions", "1").Fill("Reason", "because"),
                "End all"),
        ["EndSessions.OnPostAsync wrong"] = async test =>
            new((await test.RootAsync("/admin/sessions/end?person=alice")).Fill("Number of sessions", "2").Fill("Reason", "because"),
                "End all", IsRefused: true),
        ["ShowDeviceCode.OnPostDenyAsync"] = async test =>
            new((await test.WaitingDeviceAsync()).Fill("Reason", "because"), "Deny", Shows: "denied by an administrator"),
        ["ShowDeviceCode.OnPostDenyAsync without a reason"] = async test =>
            new((await test.WaitingDeviceAsync()).Fill("Reason", " "), "Deny", IsRefused: true),
        ["ShowSession.OnPostEndAsync"] = async test => new(await test.SessionAsync(), "End this session", Shows: "Session ended"),
        ["ShowSession.OnPostEndAsync without a reason"] = async test =>
            new((await test.SessionAsync()).Fill("Reason", " "), "End this session", IsRefused: true),
        ["ShowSession.OnPostEndGrantAsync"] = async test => new(await test.SessionAsync(), "End grant"),
    };

    private BrowserClient? browser;

    private BrowserClient Browser => browser ??= Issuer.CreateBrowser();

    public static TheoryData<string> Names => new(Forms.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_form_that_is_sent_twice_is_answered_once(string name)
    {
        var form = await Forms[name](this);
        var sender = form.Page.Browser;
        var requests = new List<HttpRequestMessage>();
        for (var i = 0; i < 4; i++) requests.Add(await form.SubmitAsync(Ct));
        var cookies = CookiesOf(sender);
        var before = await LastAuditEventAsync();

        // Two clicks at once, with the same cookies; the browser shows the answer that came second.
        var clicks = await Task.WhenAll(requests.Take(2).Select(request => Task.Run(() => SendAsync(request, cookies))));
        var done = await KeptAsync();
        Assert.All(clicks, click => Assert.Equal(HttpStatusCode.SeeOther, click.Status));
        Assert.Equal(clicks[0].Text, clicks[1].Text);
        await using (var db = Database.CreateContext())
        {
            var auditEvents = await db.AuditEvents.AsNoTracking().Where(auditEvent => auditEvent.Id > before).ToListAsync(Ct);
            Assert.All(
                auditEvents.GroupBy(auditEvent =>
                    (auditEvent.Type, auditEvent.PersonId, auditEvent.SessionId, auditEvent.GrantId, auditEvent.Detail)),
                    same => Assert.Single(same));
        }

        var later = await SendAsync(requests[2], cookies);
        Assert.Equal(clicks[0].Text, later.Text);
        Assert.Equal(done, await KeptAsync());

        var shown = await FollowAsync(sender, later);
        var kept = await KeptAsync();
        Assert.True(shown.Redirect is not null || shown.Status == form.Status, shown.ToString());
        Assert.True(form.IsRefused == (shown.Document.QuerySelector("[role=alert]") is not null), shown.ToString());
        if (form.Shows is { } words) Assert.True(shown.Has(words), shown.ToString());

        // Back, from wherever it led to, and once more, with whatever cookies there are by now.
        var again = await SendAsync(requests[3], CookiesOf(sender));
        Assert.Equal(clicks[0].Text, again.Text);
        Assert.Equal(kept, await KeptAsync());
    }

    [Fact]
    public void No_form_is_missing_here()
    {
        var handlers = typeof(Settings).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(PageModel)) && !type.IsAbstract)
            .SelectMany(type =>
                type.GetMethods(BindingFlags.Instance | BindingFlags.Public)
                    .Where(method => method.Name.StartsWith("OnPost", StringComparison.Ordinal))
                    .Select(method => $"{type.Name[..^"Model".Length]}.{method.Name}"));

        Assert.Equal(handlers.Order(StringComparer.Ordinal),
            Forms.Keys.Select(name => name.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal));
    }

    private async Task<string> DeviceCodeAsync()
    {
        using var machine = Issuer.CreateClient();
        return (await machine.AskForDeviceAsync(Ct)).UserCode;
    }

    private async Task<Page> WaitingDeviceAsync()
    {
        await DeviceCodeAsync();
        return await (await RootAsync("/admin/device-codes")).FollowAsync("Machine at an unknown address", Ct);
    }

    private async Task<Page> AtDeviceAsync() =>
        await (await AliceBrowser.GoAsync("/device", Ct)).Fill("Code", await DeviceCodeAsync()).PressAsync("Continue", Ct);

    private async Task<Answer> SendAsync(HttpRequestMessage request, string cookies)
    {
        request.Headers.Accept.ParseAdd("text/html");
        if (cookies.Length > 0) request.Headers.Add("Cookie", cookies);
        using var invoker = new HttpMessageInvoker(Issuer.CreateHandler());
        return new Answer(await invoker.SendAsync(request, Ct), request.RequestUri!);
    }

    private static async Task<Page> FollowAsync(BrowserClient browser, Answer answer)
    {
        browser.Cookies.TakeFrom(answer.Url, answer.Response.Headers);
        var target = new Uri(answer.Url, answer.Response.Headers.Location!);
        return await browser.GoAsync(target, Ct);
    }

    private string CookiesOf(BrowserClient sender)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Issuer.Issuer);
        sender.Cookies.Attach(request);
        return request.Headers.TryGetValues("Cookie", out var lines) ? string.Join("; ", lines) : "";
    }

    private async Task<long> LastAuditEventAsync()
    {
        await using var db = Database.CreateContext();
        return await db.AuditEvents.MaxAsync(auditEvent => auditEvent.Id, Ct);
    }

    /// <summary>Everything that is stored, but for what clocks write and for the answers themselves.</summary>
    private async Task<string> KeptAsync()
    {
        var kept = new StringBuilder();
        await using var connection = await Database.Database.OpenAsync(Ct);
        foreach (var table in Database.Tables.Except(["sent_forms", "audit_checkpoints", "jobs"]))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {(table == "audit_events" ? "id, type, detail" : "*")} FROM {table} ORDER BY 1";
            await using var row = await command.ExecuteReaderAsync(Ct);
            while (await row.ReadAsync(Ct))
            {
                kept.Append(table);
                for (var column = 0; column < row.FieldCount; column++)
                    kept.Append(CultureInfo.InvariantCulture,
                        $" {(row.GetValue(column) is byte[] bytes ? Convert.ToHexString(bytes) : row.GetValue(column))}");
                kept.Append('\n');
            }
        }

        return kept.ToString();
    }

    private string AuthorizeUrl(string more = "")
    {
        using var client = Issuer.CreateClient();
        return client.AuthorizeUrl() + more;
    }

    private async Task<Page> LoginPageAsync(string username, string password) =>
        (await Browser.GoAsync("/account", Ct)).Fill("Username", username).Fill("Password", password);

    private async Task<Page> AtFactorAsync()
    {
        Issuer.Clock.Advance(TimeSpan.FromMinutes(2));
        return await TypePasswordAsync(Browser, Alice);
    }

    private async Task<Page> AtRecoveryAsync() =>
        await (await AtFactorAsync()).FollowAsync("Lost your second factor? Use a recovery code", Ct);

    private async Task<Page> AtEnrolmentAsync()
    {
        var bob = await Issuer.AddAccountAsync("bob", Ct);
        return (await TypePasswordAsync(Browser, bob)).Fill("Enrolment code", bob.EnrolmentCode);
    }

    private async Task<Page> AtNewAuthenticatorAsync() => await NewFactorAsync(await AtEnrolmentAsync());

    /// <summary>On, to the page with the new authenticator, and its first code.</summary>
    private async Task<Page> NewFactorAsync(Page page)
    {
        page = await page.PressAsync("Continue", Ct);
        var app = new Account("somebody", "", "", Issuer.Clock) { SetupKey = page.ValueOf("Setup key") };
        return page.Fill("Authentication code", await app.NextCodeAsync(Ct));
    }

    private async Task<Page> InvitationAsync(string password)
    {
        var root = await RootAsync("/admin/people/add");
        var link = (await root.Fill("Username", "bob").PressAsync("Add", Ct)).Document.QuerySelector("pre.codes")!.TextContent;
        return (await Browser.GoAsync(new Uri(link), Ct)).Fill("New password", password).Fill("Repeat the password", password);
    }

    private async Task<Page> SetupAsync()
    {
        var answer = await Issuer.Services.GetRequiredService<SetupLinks>().ReplaceAsync(Actor.CommandLine, Ct);
        var page = await Browser.GoAsync(new Uri(Assert.IsType<SetupLinkAnswer.Made>(answer).Url), Ct);
        return page.Fill("Username", "root").Fill("New password", Chosen).Fill("Repeat the password", Chosen);
    }

    private async Task<Page> WithOtherSessionAsync()
    {
        using var laptop = Issuer.CreateBrowser();
        await VisitAsync(laptop, Alice, "/account");
        return await AliceBrowser.GoAsync("/account", Ct);
    }

    private async Task<Page> PasswordAsync(string current) =>
        (await AliceBrowser.GoAsync("/account/password", Ct)).Fill("Current password", current).Fill("New password", Chosen)
            .Fill("Repeat the password", Chosen);

    private async Task<Page> AddAuthenticatorAsync()
    {
        var page = await AliceBrowser.GoAsync("/account/add-authenticator", Ct);
        var app = new Account("alice", "", "", Issuer.Clock) { SetupKey = page.ValueOf("Setup key") };
        return page.Fill("Authentication code", await app.NextCodeAsync(Ct));
    }

    /// <summary>The page of one of two authenticators.</summary>
    private async Task<Page> AuthenticatorAsync()
    {
        var account = await (await AddAuthenticatorAsync()).PressAsync("Verify", Ct);
        return await AliceBrowser.GoAsync(
            new Uri(account.Document.Links.OfType<AngleSharp.Html.Dom.IHtmlAnchorElement>()
                .First(link => link.Href.Contains("/account/authenticators/", StringComparison.Ordinal)).Href), Ct);
    }

    private async Task<Page> RootAsync(string path) => await (await AdministratorAsync()).GoAsync(path, Ct);

    private async Task<Page> ActAsync(string act) =>
        (await RootAsync($"/admin/people/{await IdOfAsync("alice")}/{act}")).Fill("Reason", "because I say so");

    private async Task<Page> EnrolPeopleAsync()
    {
        await Issuer.AddAccountAsync("carol", Ct);
        return (await RootAsync("/admin/people/enrol")).Fill("User names", "carol").Fill("Reason", "roll-out");
    }

    private async Task<Page> SessionAsync() =>
        (await (await RootAsync("/admin/sessions")).FollowAsync("alice", Ct)).Fill("Reason", "because I say so");

    /// <param name="Button">Null: the first of the page's form.</param>
    /// <param name="IsRefused">Whether the answer says that something is wrong.</param>
    /// <param name="Shows">What stands on the page that the answer leads to.</param>
    private sealed record Form(Page Page, string? Button, bool IsRefused = false, string? Shows = null)
    {
        public string? Handler { get; init; }

        public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

        public async Task<HttpRequestMessage> SubmitAsync(CancellationToken ct)
        {
            var button = Button ?? Page.Document.QuerySelector("form[method=post] button[type=submit]")!.TextContent.Trim();
            var request = await Page.FormAsync(button, ct);
            if (Handler is not null) request.RequestUri = new Uri(request.RequestUri!, $"?handler={Handler}");
            return request;
        }
    }

    private sealed record Answer(HttpResponseMessage Response, Uri Url)
    {
        public HttpStatusCode Status => Response.StatusCode;

        /// <summary>All of it that a browser goes by.</summary>
        public string Text => $"{(int)Status} {Response.Headers.Location} "
            + string.Join('\n', Response.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : []);
    }
}
