using KubeIdP.Data.Storage;
using KubeIdP.Server.Commands;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Hosting.Configuration;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>Verbs that open what the master key protects, over rows that are damaged, were copied, or belong to another master key.</summary>
public sealed class DamagedKeyCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public DamagedKeyCommandTests() => File.WriteAllText(folder.File("kubeidp.yaml"), $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("UPDATE signing_keys SET wrapped_private_key = x'01'")]
    [InlineData("UPDATE signing_keys SET algorithm = 'none' WHERE algorithm = 'ES256'")]
    [InlineData("UPDATE signing_keys SET wrapped_private_key = (SELECT s.wrapped_private_key FROM signing_keys s WHERE s.algorithm = 'RS256') WHERE algorithm = 'ES256'")]
    [InlineData("UPDATE signing_keys SET wrapped_private_key = x'', public_key = x'0102' WHERE algorithm = 'ES256'")]
    [InlineData("INSERT INTO data_protection_keys (friendly_name, xml) VALUES ('torn', '<key><wr')")]
    [InlineData("INSERT INTO data_protection_keys (friendly_name, xml) VALUES ('torn', '<key><wrapped>no base64!</wrapped></key>')")]
    [InlineData("INSERT INTO data_protection_keys (friendly_name, xml) VALUES ('torn', '<key><wrapped>AQID</wrapped></key>')")]
    [InlineData("UPDATE audit_keys SET wrapped = x'0102'")]
    public async Task A_key_that_does_not_open_ends_a_verb_in_words(string damage)
    {
        (await RunAsync("migrate")).Succeeded();
        (await RunAsync("keys", "rotate")).Succeeded();
        PrivateFiles.Write(folder.File("next.key"), Convert.ToBase64String(new byte[32]) + "\n", PrivateFiles.OwnerOnly);
        await ExecuteAsync(damage);

        var answers = new List<Outcome>();
        foreach (var verb in (string[][])[["keys", "list"], ["keys", "rotate"], ["check"], ["keys", "rewrap", "--to", folder.File("next.key")]]) answers.Add(await RunAsync(verb));

        var touchesSigning = damage.Contains("signing_keys", StringComparison.Ordinal) || damage.Contains("audit_keys", StringComparison.Ordinal);
        Assert.All(answers, answer => Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal));
        Assert.Equal(touchesSigning, answers[0].ExitCode != 0);
        Assert.Equal(touchesSigning, answers[1].ExitCode != 0);
        Assert.Equal(CommandLine.NotDone, answers[2].ExitCode);
        Assert.Contains("can't be opened", answers[2].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_names_the_people_whose_authenticators_do_not_open_and_makes_nothing()
    {
        (await RunAsync("migrate")).Succeeded();
        (await RunAsync("keys", "rotate")).Succeeded();
        foreach (var name in (string[])["alice", "bob"]) (await RunAsync("users", "add", name, "--invite")).Succeeded();
        var settings = ((SettingsAnswer.Usable)SettingsLoader.Load(null, folder.Path, new Dictionary<string, string>())).Settings;
        await using (var provider = new ServiceCollection().AddLogging().AddCommon(settings).BuildServiceProvider())
        {
            await provider.UnlockAuditAsync(next: null, Ct);
            var secret = new TotpSecrets(provider.GetRequiredService<IDataProtectionProvider>()).Protect(Totp.NewSecret(), "factor", "somebody");
            await ExecuteAsync($"INSERT INTO factors (id, person_id, name, protected_secret, created_at) SELECT 'f' || user_name, id, 'phone', x'{Convert.ToHexString(secret)}', 0 FROM people");
        }

        var check = await RunAsync("check");

        Assert.True(check.ExitCode == 0, check.ToString());
        Assert.Matches(@"warn +authenticators: .*2 people: alice, bob\.", check.Output);
        Assert.Contains("people reset-factors NAME", check.Output, StringComparison.Ordinal);
        await ExecuteAsync("DELETE FROM factors");
        Assert.DoesNotContain("authenticators", (await RunAsync("check")).Succeeded().Output, StringComparison.Ordinal);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var database = Database.Sqlite(Path.Combine(folder.File("data"), "kubeidp.db"), TimeProvider.System);
        await using var connection = await database.OpenAsync(Ct);
        await using var command = database.Command(connection, sql);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private Task<Outcome> RunAsync(params string[] args) => InProcess.RunAsync([.. args, "--config", folder.File("kubeidp.yaml")]);
}
