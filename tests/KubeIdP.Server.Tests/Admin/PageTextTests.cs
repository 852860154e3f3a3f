using System.Reflection;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Tests.Web;
using KubeIdP.Testing.Browsers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Page = KubeIdP.Testing.Browsers.Page;

namespace KubeIdP.Server.Tests.Admin;

/// <summary>Every text that a page takes, as the pages' own descriptors list them.</summary>
public sealed class PageTextTests(ClassIssuer shared) : AdminTests(shared, postgres: true)
{
    /// <summary>
    /// Where what is typed is read by rules of its own: a password, a code, a name at the login, which is refused like a wrong password.
    /// </summary>
    private static readonly HashSet<string> ReadOtherwise =
        ["Username@/login", "Upstream@/login", "Password", "NewPassword", "RepeatedPassword", "CurrentPassword", "Code", "Answer",
            "EnrolmentCode", "RecoveryCode", "Offer"];

    private readonly Dictionary<BrowserClient, string> tokens = [];

    private protected override Func<Settings, Settings> Change => settings => WithDeviceCodes(base.Change(settings));

    [Fact]
    public async Task No_text_of_a_page_is_a_fault_of_the_server_or_taken_as_it_is()
    {
        using var root = await AdministratorAsync();
        var invitation = await InviteAsync("dave");
        var wrong = new List<string>();
        var asked = 0;

        foreach (var page in await PagesAsync())
        {
            var (browser, login) = await ReachAsync(page.Route, root, invitation);
            foreach (var field in page.Fields)
            {
                // A refused login takes its time.
                foreach (var (text, number) in page.Route == "/login" ? HostileTexts.Few : HostileTexts.All)
                {
                    // No server lets a path with one through to a page.
                    if (text.Contains('\0', StringComparison.Ordinal)
                        && page.Route.Contains($"{{{field.Name.ToLowerInvariant()}}}", StringComparison.Ordinal))
                        continue;

                    var answer = await SendAsync(browser, page.Route, login, field, text);
                    asked++;
                    var isLine = !ReadOtherwise.Contains(field.Name) && !ReadOtherwise.Contains($"{field.Name}@{page.Route}");
                    if ((int)answer.Status >= 500) wrong.Add($"{page.Route} {field} {number}: {answer.Status}");
                    else if (isLine && !((int)answer.Status == 400 && answer.Has(number)) && !NotReached.Contains(page.Route))
                        wrong.Add($"{page.Route} {field} {number}: {answer.Status} {answer.Text}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20).Append($"{wrong.Count} of {asked}")));
        Assert.True(asked > 300, $"{asked}");
        Assert.Equal([], await HostileTexts.StoredInAsync(Database, Ct));
    }

    [Fact]
    public async Task No_text_of_the_first_administrator_is_a_fault_of_the_server()
    {
        var link = Assert.IsType<SetupLinkAnswer.Made>(await Issuer.Services.GetRequiredService<SetupLinks>().EnsureAsync(Ct)).Url;
        using var browser = Issuer.CreateBrowser();
        var form = await browser.GoAsync(link, Ct);

        foreach (var (text, number) in HostileTexts.All)
        {
            foreach (var label in (string[])["Username", "Email"])
            {
                var page = await browser.GoAsync(link, Ct);
                var answer = await browser.LoadAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(link))
                {
                    Content = new FormUrlEncodedContent(new Dictionary<string, string>
                    {
                        ["__RequestVerificationToken"] = TokenOn(page)!, ["Username"] = "first", ["NewPassword"] = "seven quiet herons",
                            ["RepeatedPassword"] = "seven quiet herons", [label] = text,
                    }),
                }, Ct);

                Assert.True((int)answer.Status == 400 && answer.Has(number), $"{label} {number}: {answer}");
            }
        }

        Assert.True(form.HasField("Username"));
        Assert.Equal([], await HostileTexts.StoredInAsync(Database, Ct));
    }

    // What is longer than anything that there is is cut, and a character of two units lay across the cut.
    [Fact]
    public async Task A_filter_that_is_cut_within_a_character_is_one_that_finds_nothing()
    {
        using var root = await AdministratorAsync();

        foreach (var length in (int[])[298, 299, 300])
        {
            var answer =
                await root.GoAsync($"/admin/people?search={Uri.EscapeDataString(new string('x', length) + "\U0001f600\U0001f600")}", Ct);

            Assert.True((int)answer.Status == 200, $"{length}: {answer}");
        }
    }

    // A header is text of the sender's, and an administrator reads it.
    [Fact]
    public async Task A_browsers_name_is_shown_with_what_it_hides()
    {
        var account = await Issuer.AddAccountAsync("carol", Ct);
        foreach (var name in (string[])["Mozilla/5.0 \u202efdp.exe \u2028 \uffff", new string('x', 255) + "\U0001f600",
            new string('x', 253) + "\u202e"])
        {
            using var browser = Issuer.CreateBrowser();
            browser.Headers.TryAddWithoutValidation("User-Agent", name);

            Assert.Equal("/account", (await VisitAsync(browser, account, "/account")).Url.AbsolutePath);
        }

        Assert.Equal([], await HostileTexts.StoredInAsync(Database, Ct));
    }

    /// <summary>Pages that need a step before them which is not taken here; they are asked all the same.</summary>
    private static readonly HashSet<string> NotReached = ["/setup", "/setup/factor", "/invitation/factor", "/consent", "/continue",
        "/account/authenticators/{id}"];

    private async Task<(BrowserClient Browser, string Query)> ReachAsync(string route, BrowserClient root, string invitation)
    {
        switch (route)
        {
            case "/login":
                var visitor = Issuer.CreateBrowser("203.0.113.77");
                return (visitor, (await visitor.GoAsync("/account", Ct)).Url.Query);
            case "/factor" or "/recovery":
                var alice = Issuer.CreateBrowser();
                return (alice, (await TypePasswordAsync(alice, Alice)).Url.Query);
            case "/enrol":
                var bob = Issuer.CreateBrowser();
                return (bob, (await TypePasswordAsync(bob, await Issuer.AddAccountAsync("bob", Ct))).Url.Query);
            case "/invitation":
                return (Issuer.CreateBrowser(), $"?token={invitation}");
            default:
                return (root, "");
        }
    }

    private async Task<Page> SendAsync(BrowserClient browser, string route, string query, Field field, string text)
    {
        var escaped = Uri.EscapeDataString(text);
        var id = await IdOfAsync("alice");
        var inRoute = route.Contains($"{{{field.Name.ToLowerInvariant()}}}", StringComparison.Ordinal);
        var path = route.Replace($"{{{field.Name.ToLowerInvariant()}}}", escaped, StringComparison.Ordinal)
            .Replace("{id}", id, StringComparison.Ordinal).Replace("{act}", "disable", StringComparison.Ordinal)
            .Replace("{name}", "kubernetes", StringComparison.Ordinal);
        if (inRoute) return await browser.GoAsync(path + query, Ct);
        if (field.Handler is null) return await browser.GoAsync($"{path}{query}{(query == "" ? "?" : "&")}{field.Name}={escaped}", Ct);

        if (!tokens.TryGetValue(browser, out var token))
        {
            var form = await browser.GoAsync(path + query, Ct);
            tokens[browser] = token = TokenOn(form) ?? TokenOn(await browser.GoAsync("/logout", Ct))!;
        }

        List<KeyValuePair<string, string>> fields = [new("__RequestVerificationToken", token), new(field.Name, text)];
        if (field.Name != "Reason") fields.Add(new("Reason", "fine"));
        return await browser.LoadAsync(
            new HttpRequestMessage(HttpMethod.Post,
                new Uri(Issuer.Issuer,
                    $"{path}{query}{(query == "" ? "?" : "&")}handler={field.Handler}")) { Content = new FormUrlEncodedContent(fields) },
                    Ct);
    }

    private async Task<IReadOnlyList<(string Route, IReadOnlyList<Field> Fields)>> PagesAsync()
    {
        var loader = Issuer.Services.GetRequiredService<PageLoader>();
        var pages = new List<(string, IReadOnlyList<Field>)>();
        foreach (var endpoint in Issuer.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Mvc.RazorPages.PageActionDescriptor>() is not { } descriptor) continue;

            var page = await loader.LoadAsync(descriptor, endpoint.Metadata);
            var posts = page.HandlerMethods.Where(handler => handler.HttpMethod == "Post").ToList();
            var properties =
                from field in page.BoundProperties.OfType<PageBoundPropertyDescriptor>()
                where field.ParameterType == typeof(string)
                from handler in HandlersOf(field.Property.GetCustomAttribute<BindPropertyAttribute>()!, posts)
                select new Field(field.BindingInfo?.BinderModelName ?? field.Name, handler);
            var parameters =
                from handler in page.HandlerMethods
                from parameter in handler.Parameters
                where parameter.ParameterType == typeof(string)
                select new Field(parameter.Name, handler.HttpMethod == "Post" ? handler.Name ?? "" : null);
            pages.Add(("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), [.. properties.Concat(parameters)]));
        }

        Assert.NotEmpty(pages);
        return pages;
    }

    private static string? TokenOn(Page page) =>
        page.Document.QuerySelector("input[name=__RequestVerificationToken]")?.GetAttribute("value");

    private static IEnumerable<string?> HandlersOf(BindPropertyAttribute field, IEnumerable<HandlerMethodDescriptor> posts) =>
        field.SupportsGet ? (string?[])[null] : posts.Select(post => (string?)(post.Name ?? ""));

    private async Task<string> InviteAsync(string username)
    {
        await using var scope = Issuer.Services.CreateAsyncScope();
        return Assert.IsType<AddedAccount.Invited>(await scope.ServiceProvider.GetRequiredService<LocalAccounts>()
            .AddAsync(new NewAccount(username, null, [], null), Actor.CommandLine, Ct)).Token;
    }

    /// <param name="Handler">Of a form, empty for the page's only one; null: the address.</param>
    private sealed record Field(string Name, string? Handler);
}
