using KubeIdP.Testing.Browsers;
using Xunit;

namespace KubeIdP.Server.Tests.Instruments;

public sealed class ChromiumTests(Chromium chromium)
{
    [Fact]
    public async Task The_real_browser_runs_scripts()
    {
        var context = await chromium.NewContextAsync();
        var page = await context.NewPageAsync();

        await page.SetContentAsync("<button onclick=\"this.textContent = 'pressed'\">Press</button>");
        await page.ClickAsync("text=Press");

        Assert.Equal("pressed", await page.TextContentAsync("button"));
    }
}
