using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>
/// Looks at a page light and dark, on a telephone and on a desk, and keeps what would stop somebody. With <c>KUBEIDP_SCREENSHOTS</c> naming a folder
/// each is also kept there as a picture.
/// </summary>
internal sealed class Barriers(IPage page)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("KUBEIDP_SCREENSHOTS");

    /// <summary>What axe calls serious or critical, and what is wider than the screen, each with the page's name.</summary>
    public List<string> Found { get; } = [];

    public async Task LookAsync(string name)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            foreach (var width in (int[])[320, 1280])
            {
                var looks = $"{name}-{scheme}-{width}".ToLowerInvariant();
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.SetViewportSizeAsync(width, 800);
                Found.AddRange((await page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical")
                    .Select(violation => $"{looks}: {violation.Id} at {string.Join(", ", violation.Nodes.Select(node => node.Html))}"));

                // WCAG 1.4.10: nothing to scroll sideways, on the narrowest screen either.
                if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth")) Found.Add($"{looks}: wider than the screen");
                if (Pictures is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{looks}.png"), FullPage = true });
            }
        }
    }
}
