using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Server.Tests.Browsers;

/// <summary>Somebody without a mouse.</summary>
internal static class Keyboard
{
    /// <summary>Presses Tab until the element with the focus is the wanted one; fails when it can't be reached.</summary>
    /// <param name="wanted">An expression of the browser over <c>document.activeElement</c>.</param>
    /// <param name="most">After so many presses it can't.</param>
    public static async Task TabToAsync(this IPage page, string wanted, int most)
    {
        for (var i = 0; i < most; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>(wanted)) return;
        }

        Assert.Fail($"{wanted} can't be reached by keyboard on {page.Url}.");
    }
}
