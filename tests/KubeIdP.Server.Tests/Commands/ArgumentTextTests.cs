using System.Text.Json;
using KubeIdP.Cli;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tests.Web;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>What is typed at the command line passes the check that every text passes.</summary>
public sealed class ArgumentTextTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ArgumentTextTests() =>
        File.WriteAllText(folder.File("kubeidp.yaml"), $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_argument_that_hides_something_is_named()
    {
        string[][] commands =
        [
            ["people", "add", "al\u202eice", "--invite"], ["people", "add", "bob", "--invite", "--reason", "a\u2028b"],
            ["people", "add", "bob", "--invite", "--group", "a\uffffb"],
            ["people", "add", "bob", "--invite", "--email", "b\u200bob@example.com"], ["people", "show", "a\ufffeb"],
            ["people", "list", "--search", "a\ufffeb"], ["people", "list", "--cursor", "a\u001bb"],
            ["sessions", "list", "--person", "a\uffffb"], ["sessions", "revoke", "--group", "a\u202eb"],
            ["audit", "list", "--person", "a\ufffeb"], ["people", "enrol", "a\ufffeb"],
            ["keys", "rotate", "--reason", "a\u202eb"], ["report", "people", "--group", "a\u202eb"],
            ["people", "set-groups", "bob", "--group", "a\nb"], ["upstream", "test", "a\u202eb"],
        ];
        foreach (var command in commands)
        {
            var outcome = await InProcess.RunAsync([.. command, "--config", folder.File("kubeidp.yaml")]);

            Assert.True(outcome.ExitCode == ExitCode.Misused, $"{command[0]} {command[1]}: {outcome.ExitCode} {outcome.Error}");
            Assert.Matches(@"\\u\{[0-9A-F]{4}\}.* holds U\+[0-9A-F]{4}", outcome.Error);
            Assert.False(HostileTexts.StandIn(outcome.Error), outcome.Error);
        }
    }

    [Fact]
    public async Task A_user_name_that_looks_like_another_is_that_one_or_is_refused()
    {
        await PreparedData.CopyToAsync(folder.File("data"));
        (await RunAsync("people", "add", "alice", "--invite")).Succeeded();

        var wide = await RunAsync("people", "add", "\uff21\uff4c\uff49\uff43\uff45", "--invite");
        var roman = await RunAsync("people", "add", "henry\u2163", "--invite");
        var spaced = await RunAsync("people", "add", "jane  doe", "--invite");
        var shown = await RunAsync("people", "show", "\uff21lice");
        Assert.StartsWith("Added \u0430lice (letters of several scripts) (subject",
            (await RunAsync("people", "add", "\u0430lice", "--invite")).Succeeded().Output, StringComparison.Ordinal);
        Assert.StartsWith("Added bob (subject", (await RunAsync("people", "add", "\uff42ob", "--invite")).Succeeded().Output,
            StringComparison.Ordinal);

        Assert.Equal((ExitCode.NotDone, "This user name is taken."), (wide.ExitCode, wide.Error));
        Assert.Equal(ExitCode.NotDone, roman.ExitCode);
        Assert.Contains("U+2163", roman.Error, StringComparison.Ordinal);
        Assert.Contains("two spaces in a row", spaced.Error, StringComparison.Ordinal);
        Assert.Matches("Name +alice\n", shown.Succeeded().Output.ReplaceLineEndings("\n"));
        var list = (await RunAsync("people", "list")).Succeeded().Output;
        Assert.Contains("\u0430lice (letters of several scripts)", list, StringComparison.Ordinal);
        Assert.DoesNotContain("\nalice (", list.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("several scripts", (await RunAsync("people", "show", "\u0430lice")).Succeeded().Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await RunAsync("people", "list", "--output", "json")).Succeeded().Output);
        Assert.Equal(["\u0430lice"],
            json.RootElement.EnumerateArray().Where(person => person.GetProperty("mixesScripts").GetBoolean())
                .Select(person => person.GetProperty("username").GetString()));
        Assert.Contains("several scripts", (await RunAsync("audit", "list")).Succeeded().Output, StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(params string[] args) => InProcess.RunAsync([.. args, "--config", folder.File("kubeidp.yaml")]);
}
