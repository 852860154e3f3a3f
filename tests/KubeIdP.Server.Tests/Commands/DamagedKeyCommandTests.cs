using KubeIdP.Cli;
using KubeIdP.Core.Files;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Factors.Totp;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>
/// Commands that open what the master key protects, over rows that are damaged, were copied, or belong to another master key.
/// </summary>
public sealed class DamagedKeyCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public DamagedKeyCommandTests() =>
        File.WriteAllText(folder.File("kubeidp.yaml"), $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("UPDATE signing_keys SET wrapped_private_key = x'01'")]
    [InlineData("UPDATE signing_keys SET algorithm = 'none' WHERE algorithm = 'ES256'")]
    [InlineData(
        "UPDATE signing_keys SET wrapped_private_key = (SELECT s.wrapped_private_key FROM signing_keys s WHERE s.algorithm = 'RS256') "
        + "WHERE algorithm = 'ES256'")]
    [InlineData("UPDATE signing_keys SET wrapped_private_key = x'', public_key = x'0102' WHERE algorithm = 'ES256'")]
    [InlineData("UPDATE signing_keys SET wrapped_private_key = x'', public_key = x'3059301306072a8648ce3d020106082a8648ce3d03010703420004"
        + "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5' WHERE algorithm = 'ES256'")]
    [InlineData("INSERT INTO data_protection_keys (friendly_name, xml) VALUES ('torn', '<key><wr')")]
    [InlineData("INSERT INTO data_protection_keys (friendly_name, xml) VALUES ('torn', '<key><wrapped>no base64!</wrapped></key>')")]
    [InlineData("INSERT INTO data_protection_keys (friendly_name, xml) VALUES ('torn', '<key><wrapped>AQID</wrapped></key>')")]
    [InlineData("UPDATE audit_keys SET wrapped = x'0102'")]
    public async Task A_key_that_does_not_open_ends_a_command_without_a_stack_trace(string damage)
    {
        (await RunAsync("migrate")).Succeeded();
        (await RunAsync("keys", "rotate")).Succeeded();
        PrivateFiles.Write(folder.File("next.key"), Convert.ToBase64String(new byte[32]) + "\n", PrivateFiles.OwnerOnly);
        await ExecuteAsync(damage);

        var answers = new List<Outcome>();
        foreach (var words in (string[][])[["keys", "list"], ["keys", "rotate"], ["check"],
            ["keys", "rewrap", "--to", folder.File("next.key")]])
            answers.Add(await RunAsync(words));

        var touchesSigning = damage.Contains("signing_keys", StringComparison.Ordinal)
            || damage.Contains("audit_keys", StringComparison.Ordinal);
        Assert.All(answers, answer => Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal));
        Assert.Equal(touchesSigning, answers[0].ExitCode != 0);
        Assert.Equal(touchesSigning, answers[1].ExitCode != 0);
        Assert.Equal(ExitCode.NotDone, answers[2].ExitCode);
        Assert.Contains("can't be decrypted", answers[2].Output, StringComparison.Ordinal);
    }

    // Data Protection makes an exception of a key that is there twice, leaves out one that it can't read, and knows nothing of one that
    // holds another's secret.
    [Theory]
    [InlineData("INSERT INTO data_protection_keys (friendly_name, xml) SELECT friendly_name, xml FROM data_protection_keys", "a copy")]
    [InlineData(
        "INSERT INTO data_protection_keys (friendly_name, xml) SELECT 'copy', replace(xml, substr(xml, instr(xml, 'id=\"') + 4, 8), "
        + "'00000000') FROM data_protection_keys", "a copy")]
    [InlineData("UPDATE data_protection_keys SET xml = '<key/>'", "no secret")]
    [InlineData("UPDATE data_protection_keys SET xml = replace(xml, 'id=\"', 'id=\"x')", "no id")]
    [InlineData("UPDATE data_protection_keys SET xml = replace(replace(xml, '<key ', '<kay '), '</key>', '</kay>')", "not a key")]
    [InlineData("UPDATE data_protection_keys SET xml = ''", "")]
    public async Task A_data_protection_key_that_was_copied_or_torn_is_named_before_a_start(string damage, string why)
    {
        (await RunAsync("migrate")).Succeeded();
        (await RunAsync("keys", "rotate")).Succeeded();
        var settings = ((SettingsAnswer.Usable)SettingsLoader.Load(null, folder.Path, new Dictionary<string, string>())).Settings;
        await using (var provider = new ServiceCollection().AddLogging().AddCommon(settings).BuildServiceProvider())
        {
            await provider.UnlockAuditAsync(Ct);
            provider.GetRequiredService<IDataProtectionProvider>().CreateProtector("any").Protect([0]);
        }

        (await RunAsync("check")).Succeeded();
        await ExecuteAsync(damage);

        var check = await RunAsync("check");

        Assert.Equal(ExitCode.NotDone, check.ExitCode);
        Assert.Contains("can't be decrypted", check.Output, StringComparison.Ordinal);
        Assert.Contains(why, check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_names_the_people_whose_factors_do_not_open_and_makes_nothing()
    {
        (await RunAsync("migrate")).Succeeded();
        (await RunAsync("keys", "rotate")).Succeeded();
        foreach (var name in (string[])["alice", "bob"]) (await RunAsync("people", "add", name, "--invite")).Succeeded();
        var settings = ((SettingsAnswer.Usable)SettingsLoader.Load(null, folder.Path, new Dictionary<string, string>())).Settings;
        await using (var provider = new ServiceCollection().AddLogging().AddCommon(settings).BuildServiceProvider())
        {
            await provider.UnlockAuditAsync(Ct);
            var secret = new TotpSecrets(provider.GetRequiredService<IDataProtectionProvider>())
                .Protect(TotpCodes.NewSecret(), "factor", new PersonId("somebody"));
            await ExecuteAsync(
                $"INSERT INTO factors (id, person_id, kind, name, state, last_counter, created_at) SELECT 'f' || user_name, id, 'totp', "
                + $"'phone', x'{Convert.ToHexString(secret)}', 0, 0 FROM people");
        }

        var check = await RunAsync("check");

        Assert.True(check.ExitCode == 0, check.ToString());
        Assert.Matches(@"warn +factors: .*2 people: alice, bob\.", check.Output);
        Assert.Contains("people reset-factors NAME", check.Output, StringComparison.Ordinal);
        await ExecuteAsync("DELETE FROM factors");
        Assert.DoesNotContain("factors: ", (await RunAsync("check")).Succeeded().Output, StringComparison.Ordinal);
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
