using System.Globalization;
using System.Text.Json;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Processes;
using Microsoft.Playwright;

namespace KubeIdP.Load;

/// <summary>Every page of the portal in a real browser, with very many clusters and somebody in very many groups.</summary>
internal static class PortalRun
{
    /// <summary>From the click to the page that is all there.</summary>
    private const double MaxMs = 100;

    private const int Visits = 8;

    private static readonly string[] Paths =
        ["/", "/?q=cluster-7", "/?q=region%3Deu", "/clusters/cluster-70", "/clusters/cluster-70/api-server", "/account"];

    public static async Task<int> ExecuteAsync(int clusters, int groups, bool json, CancellationToken ct)
    {
        using var authority = new TestAuthority();
        var ca = $"{Scratch.NewFolder("kubeidp-portal-")}/ca.pem";
        await File.WriteAllTextAsync(ca, authority.Pem, ct);
        await using var issuer = new IssuerProcess($"""
            issuer: https://localhost:{Ports.Free()}
            clusters:
            {string.Join('\n', Enumerable.Range(1, clusters).Select(number => ClusterOf(number, ca)))}
            """);
        await issuer.StartAsync(ct);
        var alice = await issuer.AddAccountAsync("alice", ct,
            ["admins", "ops", .. Enumerable.Range(0, groups).Select(number => $"team-{number}")]);

        await using var chromium = new Chromium();
        await using var context = await chromium.NewContextAsync(ignoreHttpsErrors: true);
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(issuer.Issuer, "/sign-in?return=%2F").ToString());
        await page.SignInFirstAsync(alice, ct);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Your clusters" }).WaitForAsync();

        var slow = 0;
        var results = new List<object>();
        foreach (var path in Paths)
        {
            var times = new List<double>();
            for (var visit = 0; visit < Visits; visit++) times.Add(await TimeAsync(page, new Uri(issuer.Issuer, path)));

            // The first one compiles the page.
            var (first, warm) = (times[0], times.Skip(1).Order().ToList().At(0.5));
            var isSlow = warm > MaxMs;
            if (isSlow) slow++;
            results.Add(new { path, firstMs = first, medianMs = warm });
            if (!json)
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{(isSlow ? "slow" : "ok  ")}  first {first,6:F0} ms  then {warm,6:F0} ms  {path}"));
        }

        if (json) Console.WriteLine(JsonSerializer.Serialize(new { clusters, groups, slow, pages = results }));
        return slow == 0 ? 0 : 1;
    }

    private static string ClusterOf(int number, string ca) => $$"""
          cluster-{{number}}:
            title: Cluster {{number}}
            description: Runs the workloads of team {{number}}.
            labels: { region: {{(number % 2 == 0 ? "eu" : "us")}}, stage: {{(number % 3 == 0 ? "production" : "test")}} }
            server: https://api.cluster-{{number}}.example.com:6443
            caFile: {{ca}}
            access: { groups: [local:{{(number % 10 == 7 ? "nobody-is-in-this-group" : "ops")}}] }
        """;

    private static async Task<double> TimeAsync(IPage page, Uri address)
    {
        var response = await page.GotoAsync(address.ToString());
        if (response is not { Status: 200 }) throw new InvalidOperationException($"{address} answered {response?.Status}.");

        return await page.EvaluateAsync<double>("performance.getEntriesByType('navigation')[0].loadEventStart");
    }
}
