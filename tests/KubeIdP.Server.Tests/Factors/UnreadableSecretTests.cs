using System.Net;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Admin;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

/// <summary>
/// What is protected in the database and does not open: it is refused, audited and shown with the fix, and never a fault of the server.
/// </summary>
public abstract class UnreadableSecretTests(ClassIssuer shared, bool postgres) : AdminTests(shared, postgres)
{
    // Copied from another row, damaged, cut off, empty, made with other keys.
    [Fact]
    public async Task An_authenticator_that_does_not_open_is_refused_without_counting_and_named()
    {
        using var root = await AdministratorAsync();
        var bob = await Issuer.AddAccountAsync("bob", Ct);
        using (var own = Issuer.CreateBrowser()) await VisitAsync(own, bob, "/account");
        var id = await IdOfAsync("bob");
        string[] damages =
        [
            $"UPDATE factors SET state = (SELECT f.state FROM factors f WHERE f.person_id = '{await IdOfAsync("alice")}') "
            + $"WHERE person_id = '{id}'",
            $"UPDATE factors SET state = {Bytes("0102")} WHERE person_id = '{id}'",
            $"UPDATE factors SET state = {Bytes("")} WHERE person_id = '{id}'",
            $"UPDATE factors SET state = {Bytes("09F0C9F0" + new string('A', 200))} WHERE person_id = '{id}'",
        ];

        foreach (var damage in damages)
        {
            await ExecuteAsync(damage);
            using var browser = Issuer.CreateBrowser();
            for (var i = 0; i < 7; i++)
            {
                var refused = await (await TypePasswordAsync(browser, bob)).Fill("Authentication code", "123456").PressAsync("Verify", Ct);
                Assert.True(refused.Status == HttpStatusCode.Forbidden && refused.Has("can’t open") && refused.Has("recovery code"),
                    $"{damage}: {refused}");
            }

            Assert.Equal(0, (await PersonAsync("bob")).FactorFailures);
            Assert.True((await root.GoAsync($"/admin/people/{id}", Ct)).Has("so it is refused"));
        }

        // Said once an hour, not for each try.
        var said = Assert.Single(await AuditAsync("secret.unreadable"));
        Assert.Equal(id, said.PersonId);
        Assert.Contains("people reset-factors bob", said.Detail, StringComparison.Ordinal);
        Assert.Single(Issuer.Log.Lines, line => line.Contains("people reset-factors bob", StringComparison.Ordinal));
        Assert.True((await root.GoAsync("/admin/audit?type=secret.unreadable", Ct)).Has("reset-factors bob"));
        Assert.False((await root.GoAsync($"/admin/people/{await IdOfAsync("alice")}", Ct)).Has("so it is refused"));

        // A recovery code is a hash, and the reset repairs it.
        using var lost = Issuer.CreateBrowser();
        Assert.Equal("/account", (await bob.RecoverAsync(lost, bob.RecoveryCodes[0], Ct)).Url.AbsolutePath);
        await ActAsync(root, "bob", "Reset second factors");
        Assert.False((await root.GoAsync($"/admin/people/{id}", Ct)).Has("so it is refused"));
    }

    // Otherwise somebody who damages one row could guess at the other without being counted.
    [Fact]
    public async Task Beside_one_that_opens_a_wrong_code_counts()
    {
        var bob = await Issuer.AddAccountAsync("bob", Ct);
        using (var own = Issuer.CreateBrowser()) await VisitAsync(own, bob, "/account");
        var id = await IdOfAsync("bob");
        await ExecuteAsync(
            $"INSERT INTO factors (id, person_id, kind, name, state, last_counter, created_at) VALUES ('copied', '{id}', 'totp', "
            + $"'Copied', {Bytes("00")}, 0, 0)");
        using var browser = Issuer.CreateBrowser();

        var wrong = await (await TypePasswordAsync(browser, bob)).Fill("Authentication code", "000000").PressAsync("Verify", Ct);
        Assert.Equal(1, (await PersonAsync("bob")).FactorFailures);
        var right = await wrong.Fill("Authentication code", await bob.NextCodeAsync(Ct)).PressAsync("Verify", Ct);

        Assert.Equal("/account", right.Url.AbsolutePath);
        Assert.Single(await AuditAsync("secret.unreadable"));
    }

    [Fact]
    public async Task A_password_whose_hash_is_damaged_is_refused_and_named()
    {
        var bob = await Issuer.AddAccountAsync("bob", Ct);
        foreach (var hash in (string[])["not base64!", "AQ", new string('A', 88)])
        {
            await ExecuteAsync($"UPDATE people SET password_hash = '{hash}' WHERE user_name = 'bob'");
            using var browser = Issuer.CreateBrowser($"203.0.113.{hash.Length}");

            var refused = await TypePasswordAsync(browser, bob);

            Assert.True(refused.Status == HttpStatusCode.OK && refused.HasField("Password"), $"{hash}: {refused}");
        }

        Assert.Contains("people invite bob", Assert.Single(await AuditAsync("secret.unreadable")).Detail, StringComparison.Ordinal);
    }

    // Each cookie in the place of each other one, cut, and of another browser's time.
    [Fact]
    public async Task A_cookie_in_the_place_of_another_opens_nothing_and_breaks_nothing()
    {
        using var browser = Issuer.CreateBrowser();
        await TypePasswordAsync(browser, Alice);
        var cookies = browser.Cookies.Cookies.Concat(AliceBrowser.Cookies.Cookies).ToList();
        var values = cookies.Select(cookie => cookie.Value).Concat(["", "x", "A", new string('A', 400), "%00", "\u00e9"]).ToList();

        foreach (var name in cookies.Select(cookie => cookie.Name).Append("__Host-kubeidp-setup").Append("__Host-kubeidp-invitation")
            .Distinct())
        {
            foreach (var value in values.Where(value => !cookies.Exists(cookie => cookie.Name == name && cookie.Value == value)))
            {
                foreach (var path in (string[])["/account", "/login?login=" + name[^Math.Min(32, name.Length)..],
                    "/factor?login=" + name[^Math.Min(32, name.Length)..], "/setup/factor", "/invitation/factor"])
                {
                    using var http = new HttpClient(Issuer.CreateHandler()) { BaseAddress = Issuer.Issuer };
                    using var request = new HttpRequestMessage(HttpMethod.Get, path);
                    request.Headers.TryAddWithoutValidation("Cookie", $"{name}={value}");
                    request.Headers.Accept.ParseAdd("text/html");
                    using var response = await http.SendAsync(request, Ct);

                    Assert.True((int)response.StatusCode < 500, $"{path} {name}={value}: {response.StatusCode}");
                    if (path == "/account") Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
                }
            }
        }
    }

    // A row of another master key, or a damaged one, comes into the database of a server that runs.
    [Fact]
    public async Task A_signing_key_that_does_not_open_is_named_while_those_of_before_stay_in_use()
    {
        var keys = Issuer.Services.GetRequiredService<SigningKeys>();
        var before = keys.Published.Count;
        string[] damages =
        [
            $"INSERT INTO signing_keys (algorithm, sequence, key_id, wrapped_private_key, public_key, created_at, signs_from) "
            + $"SELECT 'ES256', 9, 'torn', {Bytes("01")}, {Bytes("")}, created_at, signs_from "
            + "FROM signing_keys WHERE algorithm = 'ES256' AND sequence = 1",
            "UPDATE signing_keys SET algorithm = 'none' WHERE key_id = 'torn'",
            $"UPDATE signing_keys SET algorithm = 'ES256', wrapped_private_key = (SELECT wrapped_private_key FROM signing_keys WHERE "
                + $"algorithm = 'RS256' AND sequence = 1) WHERE key_id = 'torn'",
            $"UPDATE signing_keys SET wrapped_private_key = {Bytes("")}, public_key = {Bytes("0102")} WHERE key_id = 'torn'",
        ];

        foreach (var damage in damages)
        {
            await ExecuteAsync(damage);

            await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => keys.DoWhatIsDueAsync(Ct));
            Assert.Equal(before, keys.Published.Count);
            using var client = Issuer.CreateClient();
            Assert.NotNull((await client.LogInAsync(AliceBrowser, Alice, Ct)).IdToken);
        }
    }

    private string Bytes(string hex) => Database.Database.IsPostgres ? $"decode('{hex}', 'hex')" : $"x'{hex}'";

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await Database.Database.OpenAsync(Ct);
        await using var command = Database.Database.Command(connection, sql);
        await command.ExecuteNonQueryAsync(Ct);
    }
}

public sealed class UnreadableSecretTestsOnSqlite(ClassIssuer shared) : UnreadableSecretTests(shared, postgres: false);

public sealed class UnreadableSecretTestsOnPostgres(ClassIssuer shared) : UnreadableSecretTests(shared, postgres: true);
