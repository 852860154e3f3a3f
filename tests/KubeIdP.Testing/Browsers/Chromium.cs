using KubeIdP.Testing.Processes;
using Microsoft.Playwright;
using Xunit;

namespace KubeIdP.Testing.Browsers;

/// <summary>The real browser, for what only one can show: scripts, keyboards, policies that a page states for itself. A fixture for xUnit.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    // A browser that asks its maker for updates is slow where there is no network, and --no-sandbox because tests may run as root.
    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        Programs.Required(Program);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Headless = true, Args = Arguments });
    }

    /// <summary>A browser without cookies or history.</summary>
    /// <param name="ignoreHttpsErrors">For a server whose authority this machine does not trust; a test of TLS leaves it.</param>
    /// <param name="options">Language, size, scripts; null for the defaults.</param>
    public Task<IBrowserContext> NewContextAsync(bool ignoreHttpsErrors = false, BrowserNewContextOptions? options = null) =>
        browser!.NewContextAsync(new BrowserNewContextOptions(options ?? new()) { IgnoreHTTPSErrors = ignoreHttpsErrors });

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
