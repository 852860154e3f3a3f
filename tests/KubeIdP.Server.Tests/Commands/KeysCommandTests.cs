using System.Text.Json;
using KubeIdP.Cli;
using KubeIdP.Core.Files;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

public sealed class KeysCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    public async ValueTask InitializeAsync()
    {
        folder.Write("kubeidp.yaml", $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n");
        (await RunAsync("migrate")).Succeeded();
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Keys_are_listed_rotated_and_retired()
    {
        var none = (await RunAsync("keys", "list")).Succeeded().Output;
        var first = await JsonAsync("keys", "rotate", "--output", "json");
        var before = await StatesAsync();
        var second = (await RunAsync("keys", "rotate", "--algorithm", "RS256", "--reason", "drill")).Succeeded().Output;
        var afterRotation = await StatesAsync();
        var announced = second.Split('\n')[0].Trim();

        Assert.Equal("There is no key yet: the first start of the server creates them.", none);
        Assert.Equal(2, first.GetArrayLength());
        Assert.Equal(["signing", "signing"], before);
        Assert.Contains("Published now", second, StringComparison.Ordinal);
        Assert.Equal(["announced", "signing", "signing"], afterRotation);

        var signing = first[0].GetProperty("keyId").GetString()!;
        var refused = await RunAsync("keys", "retire", signing);
        Assert.Equal((ExitCode.NotDone, true),
            (refused.ExitCode, refused.Error.Contains("keys rotate --now", StringComparison.Ordinal)));
        Assert.Contains("is retired", (await RunAsync("keys", "retire", announced)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.NotDone, $"There is no key {announced} in use."), Of(await RunAsync("keys", "retire", announced)));

        var urgent = (await RunAsync("keys", "rotate", "--now", "--algorithm", "RS256")).Succeeded().Output;
        Assert.Contains("What this breaks", urgent, StringComparison.Ordinal);
        Assert.Equal(["announced", "retired", "signing", "signing"], await StatesAsync());
        var wrong = await RunAsync("keys", "rotate", "--algorithm", "none");
        Assert.Equal((ExitCode.Misused, true), (wrong.ExitCode, wrong.Error.Contains("none", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_change_of_the_master_key_says_how_many_keys_of_each_kind_were_wrapped()
    {
        var next = folder.File("next.key");
        PrivateFiles.Write(next, Convert.ToBase64String(new byte[32]) + "\n", PrivateFiles.OwnerOnly);
        (await RunAsync("keys", "rotate")).Succeeded();

        var changed = await JsonAsync("keys", "rewrap", "--to", next, "--output", "json");

        Assert.Equal(["signing", "dataProtection"], changed.EnumerateObject().Select(member => member.Name));
        Assert.Equal((2, 0), (changed.GetProperty("signing").GetInt32(), changed.GetProperty("dataProtection").GetInt32()));
    }

    private async Task<IEnumerable<string>> StatesAsync() =>
        (await JsonAsync("keys", "list", "--output", "json")).EnumerateArray().Select(key => key.GetProperty("state").GetString()!)
            .Order(StringComparer.Ordinal);

    private async Task<JsonElement> JsonAsync(params string[] args) =>
        JsonDocument.Parse((await RunAsync(args)).Succeeded().Output).RootElement;

    private Task<Outcome> RunAsync(params string[] args) => InProcess.RunAsync([.. args, "--config", folder.File("kubeidp.yaml")]);

    private static (int ExitCode, string Error) Of(Outcome outcome) => (outcome.ExitCode, outcome.Error);
}
