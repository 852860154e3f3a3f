using System.Text;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Onboarding;

/// <summary>
/// A theme about accounts, on a whole issuer on which nobody has one. Each theme is an abstract class, inherited once for each database.
/// </summary>
public abstract class OnIssuer(ClassIssuer shared, bool postgres) : IClassFixture<ClassIssuer>, IAsyncLifetime
{
    protected const string Password = "seven quiet herons";

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected FakeClock Clock => Issuer.Clock;

    protected InMemoryIssuer Issuer { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Issuer = await shared.ForTestAsync(postgres, change: null, Ct);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected async Task<T> InScopeAsync<TService, T>(Func<TService, Task<T>> ask)
        where TService : notnull
    {
        await using var scope = Issuer.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<TService>());
    }

    private protected Task<AccountChange> ChangeAsync(string username, Func<LocalAccounts, string, Task<AccountChange>> change) =>
        InScopeAsync<LocalAccounts, AccountChange>(async accounts => await change(accounts, (await accounts.FindAsync(username, Ct))!.Id));

    /// <summary>Adds an account without a password; the token of its invitation link.</summary>
    protected async Task<string> AddInvitedAsync(string username, params string[] groups)
    {
        var answer = await InScopeAsync((LocalAccounts accounts) =>
            accounts.AddAsync(new NewAccount(username, null, groups, Password: null), Actor.CommandLine, Ct));
        return Assert.IsType<AddedAccount.Invited>(answer).Token;
    }

    protected static Task<Page> OpenInvitationAsync(BrowserClient browser, string token) =>
        browser.GoAsync($"/invitation?token={token}", Ct);

    protected static Task<Page> ChoosePasswordAsync(Page page, string password) =>
        page.Fill("New password", password).Fill("Repeat the password", password).PressAsync("Continue", Ct);

    /// <summary>Types what the app shows.</summary>
    protected static Task<Page> VerifyAsync(Page page, Account account)
    {
        account.SetupKey = page.ValueOf("Setup key");
        return account.VerifyAsync(page, Ct);
    }

    protected Account AccountOf(string username, string password = Password) => new(username, password, enrolmentCode: "", Clock);

    /// <summary>Signs in with a code of a step that no page has used yet.</summary>
    protected async Task<TokenAnswer> LogInAsync(Account account)
    {
        Clock.Advance(TimeSpan.FromMinutes(2));
        using var browser = Issuer.CreateBrowser();
        using var client = Issuer.CreateClient();
        return await client.LogInAsync(browser, account, Ct, ("scope", "openid groups offline_access"));
    }

    protected async Task<TokenAnswer> RefreshAsync(TokenAnswer tokens)
    {
        using var client = Issuer.CreateClient();
        return await client.RefreshAsync(tokens.RefreshToken!, Ct);
    }

    protected async Task<Person> PersonAsync(string username)
    {
        await using var context = Issuer.Database.CreateContext();
        return await context.People.AsNoTracking().SingleAsync(person => person.UserName == username, Ct);
    }

    protected async Task<List<AuditEvent>> AuditOfAsync(string type)
    {
        await using var context = Issuer.Database.CreateContext();
        return await context.AuditEvents.AsNoTracking().Where(entry => entry.Type == type).ToListAsync(Ct);
    }

    /// <summary>Every text and every byte that the database holds, and everything that was logged.</summary>
    protected async Task<string> EverythingKeptAsync()
    {
        var kept = new StringBuilder().AppendJoin('\n', Issuer.Log.Lines);
        await using var connection = await Issuer.Database.Database.OpenAsync(Ct);
        foreach (var table in Issuer.Database.Tables)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            await using var row = await command.ExecuteReaderAsync(Ct);
            while (await row.ReadAsync(Ct))
            {
                for (var column = 0; column < row.FieldCount; column++)
                    kept.Append(row.GetValue(column) is byte[] bytes ? Encoding.Latin1.GetString(bytes) : row.GetValue(column))
                        .Append('\n');
            }
        }

        return kept.ToString();
    }
}
