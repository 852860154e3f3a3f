using System.Net;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Tests.Protocol;
using KubeIdP.Testing.Browsers;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Upstreams;

/// <summary>Names that look alike are one name, or none: at every way in (RFC 8265 §3.3).</summary>
public abstract class LookAlikeNameTests(RunningIssuer running, ScriptedConnector corp) : DirectoryTests(running, corp)
{
    private const string Choice = "Your account is in";

    [Fact]
    public async Task A_local_account_is_found_by_wide_letters_and_by_another_case_and_by_nothing_that_hides_something()
    {
        var alice = await AddAccountAsync("platform");

        foreach (var typed in new[] { Wide(alice.Username), alice.Username.ToUpperInvariant(), $" {alice.Username}\u3000" })
            Assert.True((await TypeAsync("Local accounts", typed, alice.Password)).HasField("Enrolment code"), typed);
        foreach (var typed in new[] { alice.Username + "\u200b", "\u202e" + alice.Username, alice.Username + "\ufe0f",
            alice.Username + "\uffff", $"{alice.Username[..3]} {alice.Username[3..]}" })
        {
            var page = await TypeAsync("Local accounts", typed, alice.Password);

            // Like a wrong password: what is said must not depend on who is asked for.
            Assert.True(page.Status == HttpStatusCode.OK && page.HasField("Password") && page.Has("Sign-in failed"), $"{typed}: {page}");
        }
    }

    [Fact]
    public async Task A_directory_is_asked_for_the_usual_letters_and_not_for_what_nobody_is_called()
    {
        var username = NewName();
        Corp.Add(username, Password, "platform");

        var wide = await TypeAsync("corp", Wide(username), Password);
        var domain = await TypeAsync("corp", $"\uff23\uff2f\uff32\uff30\\{username}", Password);
        foreach (var typed in new[] { username + "\u200b", username + "\u2163", "\u210c" + username, username + "\ufffe" })
            await TypeAsync("corp", typed, Password);

        Assert.True(wide.HasField("Enrolment code"), wide.ToString());
        Assert.True(domain.HasField("Enrolment code"), domain.ToString());
        Assert.Equal([username, $@"CORP\{username}"], Corp.Typed.Where(typed => typed.Contains(username, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_name_of_a_directory_that_nobody_may_have_is_explained_to_its_person()
    {
        foreach (var bad in new[] { "\u2163", "\u00b2", "\u2010x", "\u00a0x", "\u05d0" })
        {
            var good = NewName();
            var upstreamId = Corp.Add(good, Password, "platform");
            Corp.Set(upstreamId,
                new UpstreamAnswer.Known(new UpstreamIdentity(Corp.Id, upstreamId, good + bad, null, null, false, ["platform"])));

            var page = await TypeAsync("corp", good, Password);

            Assert.True(page.Status == HttpStatusCode.Forbidden && page.Has("Your user name can’t be used here"), $"{bad}: {page}");
        }
    }

    [Fact]
    public async Task A_name_of_a_directory_that_looks_like_anothers_is_taken()
    {
        var alice = await AddAccountAsync("platform");
        var typed = NewName();
        var upstreamId = Corp.Add(typed, Password, "platform");
        Corp.Set(upstreamId,
            new UpstreamAnswer.Known(new UpstreamIdentity(Corp.Id, upstreamId, Wide(alice.Username), null, null, false, ["platform"])));

        var page = await TypeAsync("corp", typed, Password);

        Assert.True(page.Status == HttpStatusCode.Forbidden && page.Has("already taken"), page.ToString());
    }

    [Fact]
    public async Task A_rename_to_a_name_that_nobody_may_have_ends_the_session_with_the_reason()
    {
        var alice = await LogInFromCorpAsync();
        Corp.Change(alice.UpstreamId, person => person with { Username = alice.Account.Username + "\u2163" });

        Later(61);
        var refused = await Kubectl.RefreshAsync(alice.RefreshToken, Ct);

        Assert.Equal("invalid_grant", refused.Error);
        Assert.Contains("user name", refused.ErrorDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_local_account_of_such_a_name_is_refused_with_the_character()
    {
        var alice = await AddAccountAsync("platform");

        Assert.Contains("taken", await AddAsync(Wide(alice.Username)), StringComparison.Ordinal);
        Assert.Contains("U+2163", await AddAsync("henry\u2163"), StringComparison.Ordinal);
        Assert.Contains("U+212A", await AddAsync("\u212aate"), StringComparison.Ordinal);
        Assert.Contains("U+200B", await AddAsync("al\u200bice"), StringComparison.Ordinal);
        Assert.Contains("U+FFFE", await AddAsync("al\ufffeice"), StringComparison.Ordinal);
        Assert.Contains("two spaces in a row", await AddAsync("jane  doe"), StringComparison.Ordinal);
        Assert.Contains("right-to-left", await AddAsync("jane\u05d0"), StringComparison.Ordinal);
        Assert.Contains("system:", await AddAsync("\uff53ystem:admin"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_offered_a_code_under_a_name_that_hides_something()
    {
        await using var scope = Issuer.Services.CreateAsyncScope();
        var answer = await scope.ServiceProvider.GetRequiredService<EnrolmentOffers>()
            .OfferAsync("al\u202eice", null, Data.Audit.Actor.CommandLine, Ct);

        Assert.Equal(@"There is no person al\u{202E}ice.", Assert.IsType<EnrolmentOffer.Refused>(answer).Reason);
    }

    private async Task<string> AddAsync(string username)
    {
        await using var scope = Issuer.Services.CreateAsyncScope();
        var answer = await scope.ServiceProvider.GetRequiredService<LocalAccounts>()
            .AddAsync(new NewAccount(username, null, [], null), Actor.CommandLine, Ct);
        return answer is AddedAccount.Refused(var faults) ? string.Join(' ', faults.Select(fault => fault.Message)) : "added";
    }

    private async Task<Page> TypeAsync(string directory, string username, string password)
    {
        using var browser = Issuer.CreateBrowser($"2001:db8:{System.Security.Cryptography.RandomNumberGenerator.GetInt32(1, 0xFFFF):x}::1");
        return await (await browser.GoAsync("/account", Ct)).Fill(Choice, directory).Fill("Username", username).Fill("Password", password)
            .PressAsync("Sign in", Ct);
    }

    private static string NewName() => $"person-{Guid.NewGuid():N}"[..20];

    private static string Wide(string name) => string.Concat(name.Select(character => (char)(character + 0xFEE0)));
}

public sealed class LookAlikeNameTestsOnSqlite(CorpOnSqlite running) : LookAlikeNameTests(running, running.Corp),
    IClassFixture<CorpOnSqlite>;

public sealed class LookAlikeNameTestsOnPostgres(CorpOnPostgres running) : LookAlikeNameTests(running, running.Corp),
    IClassFixture<CorpOnPostgres>;
