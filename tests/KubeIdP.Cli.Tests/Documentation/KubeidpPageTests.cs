using System.Text.RegularExpressions;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Documentation;

/// <summary>The commands on the page about the program work, in their order.</summary>
public sealed partial class KubeidpPageTests
{
    [Fact]
    public async Task Every_command_on_the_page_works_as_written()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var issuer = await ScriptedIssuer.StartAsync(ct);
        var kubeidp = new CliProgram(issuer.AuthorityPem);
        var page = await File.ReadAllTextAsync(Repository.File("src/docs/kubeidp.md"), ct);
        var commands = Block().Matches(page).SelectMany(block => block.Groups[1].Value.Split('\n')).ToList();

        foreach (var command in commands)
        {
            var words = command.Replace("https://idp.example.com", issuer.Issuer, StringComparison.Ordinal).Split(' ');
            Assert.Equal("kubeidp", words[0]);

            // ca.pem is in the folder in which it runs; a browser on the machine of the tests is this process.
            var outcome = words[1] == "login"
                ? await kubeidp.SignInAsync(issuer, ct, words[1..])
                : await kubeidp.RunAsync(ct, words[1..]);

            Assert.True(outcome.ExitCode == 0, $"{command}\n{outcome}");
        }

        Assert.Equal(["login", "whoami", "token", "logout"], commands.Select(command => command.Split(' ')[1]));
    }

    [GeneratedRegex(@"^```bash\n(.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
