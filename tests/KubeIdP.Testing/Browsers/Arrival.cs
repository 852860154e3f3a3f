using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace KubeIdP.Testing.Browsers;

/// <summary>Where a page has got to.</summary>
public static class Arrival
{
    /// <summary>
    /// Waits until the address of the page is this one, without its query. It asks the browser again and again: what waits for the event of
    /// a navigation (<c>WaitForURLAsync</c>) can begin to wait a moment too late, on a busy machine, and then waits for ever.
    /// </summary>
    public static Task ArriveAtAsync(this IPage page, Uri address) =>
        Assertions.Expect(page).ToHaveURLAsync(new Regex($"^{Regex.Escape(address.ToString())}([?#].*)?$"), new() { Timeout = 30_000 });
}
