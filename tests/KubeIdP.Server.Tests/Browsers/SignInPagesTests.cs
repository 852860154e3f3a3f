using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>
/// The pages of a login in the browser that most people have, which holds them to the policies that they state for themselves.
/// </summary>
public sealed class SignInPagesTests(Chromium chromium, SignInPagesTests.Server server) : IClassFixture<SignInPagesTests.Server>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_scripts_a_first_login_ends_at_the_program_and_a_second_asks_whether_to_continue()
    {
        var account = await server.Issuer.AddAccountAsync("alice", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true, new() { JavaScriptEnabled = false });
        var page = await context.NewPageAsync();
        var complaints = ComplaintsOf(page);

        using var first = new LoopbackListener();
        await page.GotoAsync(RequestOf(first));
        await page.SignInFirstAsync(account, Ct);
        var arrived = await LandAsync(page, first);

        using var second = new LoopbackListener();
        await page.GotoAsync(RequestOf(second));
        var question = await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).TextContentAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        var arrivedAgain = await LandAsync(page, second);

        Assert.Contains("code=", arrived.Query, StringComparison.Ordinal);
        Assert.Equal("Continue as alice", question);
        Assert.Contains("code=", arrivedAgain.Query, StringComparison.Ordinal);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task The_keyboard_alone_is_enough()
    {
        var account = await server.Issuer.AddAccountAsync("bob", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        var complaints = ComplaintsOf(page);
        using var program = new LoopbackListener();

        // The cursor waits in the first field of each page; Tab reaches the next, Enter sends.
        await page.GotoAsync(RequestOf(program));
        await CursorAsync(page, "username");
        await page.Keyboard.TypeAsync(account.Username);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(account.Password);
        await page.Keyboard.PressAsync("Enter");
        await CursorAsync(page, "enrolment-code");
        await page.Keyboard.TypeAsync(account.EnrolmentCode);
        await page.Keyboard.PressAsync("Enter");
        account.SetupKey = (await page.GetByLabel("Setup key", new() { Exact = true }).TextContentAsync())!.Trim();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(await account.NextCodeAsync(Ct));
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Space");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Save your recovery codes" }).WaitForAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        var arrived = await LandAsync(page, program);

        using var next = new LoopbackListener();
        await page.GotoAsync(RequestOf(next));
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        var arrivedAgain = await LandAsync(page, next);

        Assert.Contains("code=", arrived.Query, StringComparison.Ordinal);
        Assert.Contains("code=", arrivedAgain.Query, StringComparison.Ordinal);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_wrong_password_is_said_in_words_and_the_username_stays()
    {
        var account = await server.Issuer.AddAccountAsync("carol", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        var complaints = ComplaintsOf(page);
        using var program = new LoopbackListener();

        await page.GotoAsync(RequestOf(program));
        await page.GetByLabel("Username").FillAsync(account.Username);
        await page.GetByLabel("Password").FillAsync("not the password at all");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();

        await CursorAsync(page, "password");
        Assert.Contains("Check the username and the password", await page.GetByRole(AriaRole.Alert).TextContentAsync(),
            StringComparison.Ordinal);
        Assert.Equal("carol", await page.GetByLabel("Username").InputValueAsync());
        Assert.Equal("", await page.GetByLabel("Password").InputValueAsync());
        Assert.Empty(complaints);
    }

    // A second click aborts the first request, of which the server may be in the middle.
    [Fact]
    public async Task Double_clicks_lose_no_code_and_refuse_no_right_one()
    {
        var account = await server.Issuer.AddAccountAsync("dave", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true, new() { JavaScriptEnabled = false });
        var page = await context.NewPageAsync();

        using var first = new LoopbackListener();
        await page.GotoAsync(RequestOf(first));
        await page.GetByLabel("Username").FillAsync(account.Username);
        await page.GetByLabel("Password").FillAsync(account.Password);
        await DoubleClickAsync(page, "Sign in");
        await page.GetByLabel("Enrolment code").FillAsync(account.EnrolmentCode);
        await DoubleClickAsync(page, "Continue");
        account.SetupKey = (await page.GetByLabel("Setup key", new() { Exact = true }).TextContentAsync())!.Trim();
        await page.GetByLabel("Authentication code").FillAsync(await account.NextCodeAsync(Ct));
        await DoubleClickAsync(page, "Verify");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Save your recovery codes" }).WaitForAsync();
        var codes = await page.Locator("pre.codes").TextContentAsync();
        await page.ReloadAsync();
        var reloaded = await page.Locator("pre.codes").TextContentAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
        await LandAsync(page, first);

        await page.GotoAsync(new Uri(server.Issuer.Issuer, "/logout").ToString());
        await DoubleClickAsync(page, "Sign out");
        await page.ArriveAtAsync(new Uri(server.Issuer.Issuer, "/signed-out"));
        using var second = new LoopbackListener();
        await page.GotoAsync(RequestOf(second));
        await page.GetByLabel("Username").FillAsync(account.Username);
        await page.GetByLabel("Password").FillAsync(account.Password);
        await DoubleClickAsync(page, "Sign in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lost your second factor? Use a recovery code" }).ClickAsync();
        await page.GetByLabel("Recovery code").FillAsync(codes!.Split('\n')[0]);
        await DoubleClickAsync(page, "Verify");
        var arrived = await LandAsync(page, second);

        Assert.Equal(10, codes.Split('\n').Length);
        Assert.Equal(codes, reloaded);
        Assert.Contains("code=", arrived.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Back_never_asks_whether_to_send_a_form_again()
    {
        var account = await server.Issuer.AddAccountAsync("erin", Ct);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true, new() { JavaScriptEnabled = false });
        var page = await context.NewPageAsync();
        using var program = new LoopbackListener();
        await page.GotoAsync(RequestOf(program));
        await page.GetByLabel("Username").FillAsync(account.Username);
        await page.GetByLabel("Password").FillAsync("not the password at all");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await page.GetByLabel("Password").FillAsync(account.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByLabel("Enrolment code").FillAsync("WRONG-WRONG-WRONG-WRONG");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await page.GetByLabel("Enrolment code").FillAsync(account.EnrolmentCode);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        account.SetupKey = (await page.GetByLabel("Setup key", new() { Exact = true }).TextContentAsync())!.Trim();
        await page.GetByLabel("Authentication code").FillAsync(await account.NextCodeAsync(Ct));
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Save your recovery codes" }).WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
        await LandAsync(page, program);

        // A page that a browser would have to send a form for again is an error page of its own, and going there fails.
        for (var steps = 0; steps < 20 && await page.GoBackAsync() is not null; steps++)
        {
            Assert.StartsWith(server.Issuer.Issuer.ToString(), page.Url, StringComparison.Ordinal);
            Assert.NotEmpty(await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).AllTextContentsAsync());
        }
    }

    [Fact]
    public async Task The_stylesheet_is_applied()
    {
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        using var program = new LoopbackListener();

        await page.GotoAsync(RequestOf(program));

        Assert.Equal("grid", await page.EvaluateAsync<string>("getComputedStyle(document.body).display"));
    }

    private static Task DoubleClickAsync(IPage page, string button) =>
        page.GetByRole(AriaRole.Button, new() { Name = button }).DblClickAsync();

    private string RequestOf(LoopbackListener program) => server.Issuer.CreateClient(redirectUri: program.Address).AuthorizeUrl();

    /// <summary>Waits until the page has put the cursor there by itself: a browser does so a moment after it has loaded the page.</summary>
    private static Task CursorAsync(IPage page, string field) => page.Locator($"#{field}:focus").WaitForAsync();

    /// <summary>Waits for the program to get its code, and for the browser to show that it did.</summary>
    private static async Task<Uri> LandAsync(IPage page, LoopbackListener program)
    {
        var arrived = await program.ArrivedAsync(Ct);
        await page.GetByRole(AriaRole.Heading, new() { Name = LoopbackListener.Heading }).WaitForAsync();
        return arrived;
    }

    private static List<string> ComplaintsOf(IPage page)
    {
        var complaints = Complaints.Of(page);
        page.RequestFailed += (_, request) => complaints.Add($"{request.Url}: {request.Failure}");
        return complaints;
    }

    public sealed class Server : IAsyncLifetime
    {
        public IssuerProcess Issuer { get; } = new($"issuer: https://localhost:{Ports.Free()}\n");

        public async ValueTask InitializeAsync() => await Issuer.StartAsync(TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => Issuer.DisposeAsync();
    }
}
