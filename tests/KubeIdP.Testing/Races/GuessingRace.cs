using System.Net;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Testing.Races;

/// <summary>Wrong passwords from elsewhere, at their real cost, keep nobody from a browser in which they have signed in before.</summary>
public sealed class GuessingRace(IssuerProcess issuer)
{
    private const int Guessers = 50;

    /// <summary>Starts the server and fails so many times, from five addresses.</summary>
    public async Task RunAsync(int failures, CancellationToken ct)
    {
        await issuer.StartAsync(ct);
        var account = await issuer.AddAccountAsync("alice", ct);
        using var known = issuer.CreateBrowser();
        await issuer.CreateClient().LogInAsync(known, account, ct);
        await (await known.GoAsync("/logout", ct)).PressAsync("Sign out", ct);

        await Task.WhenAll(Enumerable.Range(0, Guessers)
            .Select(guesser => GuessAsync(IPAddress.Parse($"127.0.0.{2 + (guesser % 5)}"), failures / Guessers, ct)));

        var page = await (await known.GoAsync("/account", ct)).Fill("Username", account.Username).Fill("Password", account.Password)
            .PressAsync("Sign in", ct);
        Assert.True(page.HasField("Authentication code"), page.ToString());
    }

    private async Task GuessAsync(IPAddress from, int times, CancellationToken ct)
    {
        using var browser = new BrowserClient(issuer.CreateHandler(from), issuer.Issuer);
        var page = await browser.GoAsync("/account", ct);
        for (var i = 0; i < times; i++)
            page = await page.Fill("Username", "alice").Fill("Password", "not the password").PressAsync("Sign in", ct);
    }
}
