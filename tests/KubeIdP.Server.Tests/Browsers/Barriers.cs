using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>
/// Looks at a page light and dark, on a telephone and on a desk, and collects what would stop somebody. With <c>KUBEIDP_SCREENSHOTS</c>
/// naming a folder each is also kept there as a picture.
/// </summary>
internal sealed class Barriers(IPage page)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("KUBEIDP_SCREENSHOTS");

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    // The dark scheme changes colours alone, and the width moves and pads, but neither hides nor colours (StylesheetTests): what was seen
    // in the first look is not looked for again in the others.
    private static readonly string[] RulesOfColours = ["color-contrast", "link-in-text-block"];
    private static readonly string[] RulesOfPlaces = [.. RulesOfColours, "scrollable-region-focusable", "target-size"];

    /// <summary>With the rules that are to be applied; null: all.</summary>
    private static readonly (ColorScheme Scheme, int Width, string[]? Rules)[] Looks =
        [(ColorScheme.Light, 320, null), (ColorScheme.Light, 1280, RulesOfPlaces), (ColorScheme.Dark, 1280, RulesOfColours),
            (ColorScheme.Dark, 320, [])];

    /// <summary>What axe calls serious or critical, and what is wider than the screen, each with the page's name.</summary>
    public List<string> Found { get; } = [];

    public async Task LookAsync(string name)
    {
        // A click returns when the next document has begun: half of one has no title and no styles yet.
        await page.WaitForLoadStateAsync();
        foreach (var (scheme, width, rules) in Looks)
        {
            var looks = $"{name}-{scheme}-{width}".ToLowerInvariant();
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.SetViewportSizeAsync(width, 800);
            if (rules is not []) Found.AddRange((await ViolationsAsync(rules)).Select(violation => $"{looks}: {violation}"));

            // WCAG 1.4.10: nothing to scroll sideways, on the narrowest screen either.
            if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"))
                Found.Add($"{looks}: wider than the screen");
            if (Pictures is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{looks}.png"), FullPage = true });
        }
    }

    /// <summary>
    /// In the page itself: axe's own driver injects its half a megabyte anew for each run, which takes longer than the run.
    /// </summary>
    private async Task<string[]> ViolationsAsync(string[]? rules)
    {
        if (await page.EvaluateAsync<bool>("typeof axe === 'undefined'")) await page.EvaluateAsync(Axe);
        return await page.EvaluateAsync<string[]>("""
            async rules => {
              const options = { resultTypes: ['violations'], preload: false };
              if (rules) options.runOnly = { type: 'rule', values: rules };
              const { violations } = await axe.run(document, options);
              return violations.filter(violation => ['serious', 'critical'].includes(violation.impact))
                .map(violation => `${violation.id} at ${violation.nodes.map(node => node.html).join(', ')}`);
            }
            """, rules);
    }
}
