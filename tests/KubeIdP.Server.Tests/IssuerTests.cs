using KubeIdP.Data.Audit;
using KubeIdP.Data.Throttling;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests;

/// <summary>A whole issuer on which nobody has an account but "alice", whose authenticator is enrolled.</summary>
public abstract class IssuerTests(ClassIssuer shared, bool postgres) : IClassFixture<ClassIssuer>, IAsyncLifetime
{
    private protected InMemoryIssuer Issuer { get; private set; } = null!;

    private protected TestDatabase Database => Issuer.Database;

    /// <summary>Signed in in <see cref="AliceBrowser"/>, and at the client "kubernetes".</summary>
    private protected Account Alice { get; private set; } = null!;

    private protected BrowserClient AliceBrowser { get; private set; } = null!;

    private protected TokenAnswer AliceTokens { get; private set; } = null!;

    /// <summary>Settings other than those of <see cref="InMemoryIssuer"/>; null: none.</summary>
    private protected virtual Func<Settings, Settings>? Change => null;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Issuer = await shared.ForTestAsync(postgres, Change, Ct);
        Alice = await Issuer.AddAccountAsync("alice", Ct);
        AliceBrowser = Issuer.CreateBrowser();
        using var client = Issuer.CreateClient();
        AliceTokens = await client.LogInAsync(AliceBrowser, Alice, Ct, ("scope", "openid offline_access"));
        Assert.NotNull(AliceTokens.RefreshToken);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        AliceBrowser?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>To a page of the server, signing in on the way where that is asked for.</summary>
    private protected static async Task<Page> VisitAsync(BrowserClient browser, Account account, string path)
    {
        var page = await browser.GoAsync(path, Ct);
        if (page.HasField("Password"))
            page = await page.Fill("Username", account.Username).Fill("Password", account.Password).PressAsync("Sign in", Ct);
        if (page.HasField("Enrolment code")) page = await page.Fill("Enrolment code", account.EnrolmentCode).PressAsync("Continue", Ct);
        if (!page.HasField("Authentication code") || page.HasField("Name")) return page;

        if (page.Has("Setup key")) account.SetupKey = page.ValueOf("Setup key");
        return await account.VerifyAsync(page, Ct);
    }

    /// <summary>As far as the second factor.</summary>
    private protected static async Task<Page> TypePasswordAsync(BrowserClient browser, Account account, string path = "/account") =>
        await (await browser.GoAsync(path, Ct)).Fill("Username", account.Username).Fill("Password", account.Password)
            .PressAsync("Sign in", Ct);

    private protected async Task<List<AuditEvent>> AuditAsync(string type)
    {
        await using var db = Database.CreateContext();
        return await db.AuditEvents.AsNoTracking().Where(row => row.Type == type).OrderBy(row => row.Id).ToListAsync(Ct);
    }

    /// <summary>
    /// As after twenty more of the failed passwords that have been counted for accounts and known browsers: the next one waits for five
    /// minutes, however slow this machine is.
    /// </summary>
    private protected async Task MultiplyGuessesAsync()
    {
        await using var db = Database.CreateContext();
        await db.Database.ExecuteSqlAsync(
            $"UPDATE failure_counters SET failures = failures + 20 WHERE failures > 0 AND bucket / {FailureCounter.Buckets} IN (0, 4)", Ct);
    }

    private protected void AssertNotLogged(params IEnumerable<string> secrets)
    {
        foreach (var secret in secrets)
            Assert.DoesNotContain(Issuer.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
    }
}
