using KubeIdP.Testing.Processes;
using Microsoft.Playwright;

namespace KubeIdP.Testing.Browsers;

/// <summary>
/// The real browser, for what only one can show: scripts, keyboards, policies that a page states for itself. It starts when a test first
/// asks for it, so that it can be a fixture of the whole assembly.
/// </summary>
public sealed class Chromium : IAsyncDisposable
{
    // Chromium without a window around its pages, as Debian builds it beside the other: nobody sees the window, which would cost a quarter
    // of the time.
    private const string Program = "/usr/bin/chromium-headless-shell";

    // A browser that asks its maker for updates is slow where there is no network, and --no-sandbox because tests may run as root.
    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> started = new(StartAsync);

    /// <summary>A browser without cookies or history.</summary>
    /// <param name="ignoreHttpsErrors">For a server whose authority this machine does not trust; a test of TLS leaves it.</param>
    /// <param name="options">Language, size, scripts; null for the defaults.</param>
    public async Task<IBrowserContext> NewContextAsync(bool ignoreHttpsErrors = false, BrowserNewContextOptions? options = null) =>
        await (await started.Value).Browser.NewContextAsync(
            new BrowserNewContextOptions(options ?? new()) { IgnoreHTTPSErrors = ignoreHttpsErrors });

    public async ValueTask DisposeAsync()
    {
        if (!started.IsValueCreated) return;

        var (playwright, browser) = await started.Value;
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        Programs.Required(Program);
        var playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Headless = true, Args = Arguments }));
    }
}
