using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Processes;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>
/// The portal in a real browser, with two hundred clusters and somebody in five hundred groups. Pictures as in <see
/// cref="AccessibilityTests"/>.
/// </summary>
public sealed class PortalPagesTests(Chromium chromium)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_page_of_the_portal_has_a_serious_or_critical_barrier_and_its_commands_can_be_copied()
    {
        await using var issuer = await StartAsync();
        var alice = await issuer.AddAccountAsync("alice", Ct,
            ["admins", "ops", .. Enumerable.Range(0, 498).Select(number => $"team-{number}")]);
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        var complaints = Complaints.Of(page);
        var barriers = new Barriers(page);

        await page.GotoAsync(issuer.Issuer.ToString());
        await barriers.LookAsync("portal-stranger");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await page.SignInFirstAsync(alice, Ct);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Your clusters" }).WaitForAsync();
        await barriers.LookAsync("portal-list");

        await page.GetByLabel("Search clusters").FillAsync("cluster-7");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Status).WaitForAsync();
        await page.GetByText("Clusters that you may not use").ClickAsync();
        await barriers.LookAsync("portal-search");
        await page.GetByRole(AriaRole.Link, new() { Name = "Cluster 70", Exact = true }).ClickAsync();
        await page.GetByText("Windows (PowerShell)").First.ClickAsync();
        await barriers.LookAsync("portal-cluster");

        // By keyboard alone, and told to those who do not see it.
        await context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Status).First.GetByText("Copied").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        Assert.Equal("kubectl --kubeconfig ~/Downloads/cluster-70.kubeconfig auth whoami",
            await page.EvaluateAsync<string>("navigator.clipboard.readText()"));

        await page.GotoAsync(new Uri(issuer.Issuer, "/clusters/kind").ToString());
        await barriers.LookAsync("portal-cluster-without-server");
        await page.GotoAsync(new Uri(issuer.Issuer, "/clusters/cluster-70/api-server").ToString());
        await barriers.LookAsync("portal-api-server");
        await page.GotoAsync(new Uri(issuer.Issuer, "/clusters/nowhere").ToString());
        await barriers.LookAsync("portal-unknown");

        Assert.Empty(barriers.Found);
        Assert.All(complaints, complaint => Assert.Contains("404", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Everything_works_without_scripts()
    {
        await using var issuer = await StartAsync();
        var alice = await issuer.AddAccountAsync("alice", Ct, "ops");
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true, new() { JavaScriptEnabled = false });
        var page = await context.NewPageAsync();

        await page.GotoAsync(issuer.Issuer.ToString());
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await page.SignInFirstAsync(alice, Ct);
        await page.GetByLabel("Search clusters").FillAsync("cluster-70");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Cluster 70", Exact = true }).ClickAsync();

        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).CountAsync());
        Assert.True(await page.GetByText("kubectl --kubeconfig ~/Downloads/cluster-70.kubeconfig auth whoami").IsVisibleAsync());
    }

    private static async Task<IssuerProcess> StartAsync()
    {
        using var authority = new TestAuthority();
        var ca = $"{Scratch.NewFolder("kubeidp-portal-")}/ca.pem";
        await File.WriteAllTextAsync(ca, authority.Pem, Ct);
        var clusters = Enumerable.Range(1, 198).Select(number => $$"""
              cluster-{{number}}:
                title: Cluster {{number}}
                description: Runs the workloads of team {{number}}.
                labels: { region: {{(number % 2 == 0 ? "eu" : "us")}}, stage: {{(number % 3 == 0 ? "production" : "test")}} }
                server: https://api.cluster-{{number}}.example.com:6443
                caFile: {{ca}}
                access: { groups: [local:{{(number % 10 == 7 ? "nobody-is-in-this-group" : "ops")}}] }
            """);
        var issuer = new IssuerProcess($"""
            issuer: https://localhost:{Ports.Free()}
            clusters:
              kind:
              cluster-199:
                access: {"{"} groups: [local:team-without-alice] {"}"}
            {string.Join('\n', clusters)}
            """);
        await issuer.StartAsync(Ct);
        return issuer;
    }
}
